"""The control page of a party: what it is told to do wrong, and the buttons to change that.

Plain HTML in both languages; the same orders can be given as JSON by a test or a drill.
"""

import html
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from cashlane.values.text import Text
from cashlane.world.faults import ITEM_FAULTS, MESSAGE_FAULTS, Behaviour, Faults, Order
from cashlane.world.wire import json_answer, read_json

_LABELS: dict[Behaviour, Text] = {
    "slow": Text("缓慢", "slow"),
    "silent": Text("无应答", "silent"),
    "down": Text("断线", "down: the line is cut at once"),
    "answer_lost_after_posting": Text("入账后应答丢失", "posted, but the answer is lost"),
    "duplicate": Text("重复", "does everything twice"),
    "contradictory": Text("前后矛盾", "contradicts itself"),
    "refuses": Text("拒绝", "refuses"),
    "withdrawn": Text("已停办", "withdrawn by notice"),
    "pending": Text("处理中", "pending, posts later"),
    "early_not_found": Text("先答查无，后入账", "says not found, posts later"),
    "forgets": Text("过时即忘，重复入账", "a route forgets: repeats are new after a while"),
    "in_files_only": Text("联机只答处理中", "a route says pending, its book alone says more"),
    "other_cut_off": Text("日切不同", "a route books it on its next day"),
}


class Control:
    """The control endpoints of one party. `state` tells what stands in its book just now."""

    def __init__(self, name: Text, faults: Faults, state: Callable[[], dict[str, Any]]) -> None:
        self._name = name
        self._faults = faults
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """What to add to the party's server."""
        return [
            web.get("/control", self._page),
            web.post("/control", self._order),
            web.delete("/control", self._clear),
            web.get("/control/faults", self._given),
        ]

    async def _order(self, request: web.Request) -> web.Response:
        # Only JSON is taken: a page of another origin cannot send it without asking first.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="application/json")
        self._faults.order(read_json(await request.read(), Order))
        return self._in_force()

    async def _clear(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return self._in_force()

    async def _given(self, _: web.Request) -> web.Response:
        given = dict(sorted(self._faults.given.items()))
        return json_answer({"given": given, "total": sum(given.values())}, status=200)

    def _in_force(self) -> web.Response:
        return json_answer({"in_force": self._faults.in_force()}, status=200)

    async def _page(self, _: web.Request) -> web.Response:
        return web.Response(text=self._html(), content_type="text/html", charset="utf-8")

    def _html(self) -> str:
        title = f"{html.escape(self._name.zh)} · {html.escape(self._name.en)}"
        state = "".join(_row(key, value) for key, value in self._state().items())
        orders = "".join(f"<li><code>{_json(order)}</code></li>" for order in self._orders())
        given = "".join(_row(key, value) for key, value in sorted(self._faults.given.items()))
        return _PAGE.format(
            title=title, state=state, orders=orders, given=given, buttons=_buttons()
        )

    def _orders(self) -> list[Order]:
        return self._faults.in_force()


def _row(key: str, value: object) -> str:
    return f"<tr><th>{html.escape(key)}</th><td>{html.escape(str(value))}</td></tr>"


def _json(order: Order) -> str:
    return html.escape(msgspec.json.encode(order).decode())


def _buttons() -> str:
    return "".join(
        f'<button type="button" data-behaviour="{kind}">{_LABELS[kind].zh} '
        f"<small>{_LABELS[kind].en}</small></button>\n"
        for kind in (*MESSAGE_FAULTS, *ITEM_FAULTS)
    )


_PAGE = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto}}th{{text-align:left;
padding-right:2rem}}button{{margin:.2rem;padding:.4rem .8rem}}</style></head><body>
<h1>{title}</h1>
<p>模拟的外部机构，自有账册。Simulated outside party with books of its own.</p>
<h2>账册 Books</h2><table>{state}</table>
<h2>生效的指令 Orders in force</h2><ul>{orders}</ul>
<h2>已发生的故障 Faults given</h2><table>{given}</table>
<h2>新指令 New order</h2>
<p><label>百万分比 share (ppm) <input id="share" value="50000" inputmode="numeric"></label>
<label>毫秒 ms <input id="ms" value="3000" inputmode="numeric"></label>
<label>代码 code <input id="code" value=""></label>
<label>日期 since <input id="since" value=""></label>
<label>种子 seed <input id="seed" value="1" inputmode="numeric"></label></p>
<p>{buttons}</p>
<p><button type="button" id="clear">恢复正常 <small>behave</small></button></p>
<script>
const field = (id) => document.getElementById(id).value;
const send = async (method, body) => {{
  const answer = await fetch("/control", {{method, body,
    headers: {{"Content-Type": "application/json"}}}});
  if (answer.ok) location.reload(); else alert(await answer.text());
}};
for (const button of document.querySelectorAll("[data-behaviour]"))
  button.onclick = () => send("POST", JSON.stringify({{behaviour: button.dataset.behaviour,
    share_ppm: Number(field("share")), ms: Number(field("ms")), code: field("code"),
    since: field("since"), seed: Number(field("seed"))}}));
document.getElementById("clear").onclick = () => send("DELETE");
</script></body></html>
"""
