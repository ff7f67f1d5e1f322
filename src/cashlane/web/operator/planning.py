"""Planning: which outlets to open or restore first under a budget, asked here, worked out in a
process of its own, followed until it is proven good enough, and taken along."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.access import WALKING
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.coverage.planning.desk import End, Task
from cashlane.coverage.planning.plan import Effort, Goal, Stage
from cashlane.coverage.planning.wishing import (
    WHO_NAMES,
    Choice,
    Settled,
    Who,
    in_district,
    of_agent,
    suspended,
    wish_for,
)
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import ITSELF, Here, typed
from cashlane.web.operator.planned import Added, added, means
from cashlane.web.operator.planned_map import drawn
from cashlane.web.operator.show import Show
from cashlane.web.shared.sheets import sheet

HREF = "/window/plan"
AGAIN_S = 2
"""A plan under way asks for itself this often; without scripts the page does."""
CODES_MOST = 60_000
"""Letters of codes that are typed: some five thousand outlets."""
BUDGET_MOST = 5_000
"""More outlets than a city has."""
LISTED_MOST = 200
"""Steps of the work on the page; the file has all."""
GOALS: Mapping[Goal, Text] = {
    "walk": Text("平均步行最短", "The least mean walk"),
    "cover": Text("走得到的人最多", "Most people within a walk"),
}
STAGES: Mapping[Stage, Text] = {
    "choosing": Text("挑选网点", "choosing"),
    "bounding": Text("证明离最优还差多少", "proving how good any choice can be"),
    "proving": Text("求解最优", "looking for the best there is"),
    "done": Text("完成", "done"),
}
ENDS: Mapping[End, Text] = {
    "running": Text("规划中", "under way"),
    "done": Text("已完成", "done"),
    "ended": Text("已中止", "ended by somebody"),
    "late": Text("超时中止，请缩小备选", "ended for taking too long: choose fewer outlets"),
    "failed": Text("规划进程中断，请重试", "its process broke off: try again"),
}
EFFORTS: Mapping[str, tuple[Text, Effort]] = {
    "good": (Text("够好即止：差距不超过 0.5 %", "good: a gap of 0.5 % at most"), Effort(5_000, 0)),
    "close": (Text("更精细：差距不超过 0.1 %", "closer: a gap of 0.1 % at most"), Effort(1_000, 0)),
    "best": (Text("求最优（最多再算 60 秒）", "the best there is (60 seconds more at most)"),
             Effort(0, 60)),
}  # fmt: skip


class Form(Struct, frozen=True):
    """The form as it was filled in."""

    of: str = "closed"
    codes: str = ""
    district: str = ""
    most: str = "20"
    goal: str = "walk"
    within: str = str(WALKING.bands_m[2])
    who: str = "people"
    effort: str = "good"


@get("/plan")
async def plan_page(here: Here) -> Response[str]:
    """The form, and the plans that are kept."""
    here.require(Permission.NETWORK_READ)
    return await _form(here, Form(), None)


@post("/plan", status_code=200)
async def begin(here: Here) -> Response[Any]:
    """Begin a plan, or lead to the one under way; refused, the form is filled in still."""
    here.require(Permission.NETWORK_READ)
    said = await typed(here.request)
    form = Form(**{name: said.get(name, "") for name in Form.__struct_fields__})
    choice = _choice(here.show.network, form)
    if isinstance(choice, Text):
        return await _form(here, form, choice)
    settled = await here.room.settled()
    wish = await asyncio.to_thread(wish_for, here.show.network, settled, choice)
    if isinstance(wish, Text):
        return await _form(here, form, wish)
    key = _key(here.show.network, settled, form)
    task = here.room.planning.begin(
        key, choice, wish, EFFORTS[form.effort][1],
        by=here.session.person.login, now=here.show.now,
    )  # fmt: skip
    other = "" if task.key == key else "?other=1"
    return Redirect(f"{HREF}/{task.key}{other}", status_code=303)


@get("/plan/{key:str}")
async def planned_page(here: Here, key: str) -> Response[str]:
    """A plan under way, or what came of it."""
    here.require(Permission.NETWORK_READ)
    task = _known(here, key)
    show, settled = here.show, await here.room.settled()
    steps = added(task)
    return here.page(
        "_planned.html" if ITSELF in here.request.headers else "planned.html",
        task=task,
        again=AGAIN_S,
        other="other" in here.request.query_params,
        settled=settled,
        goals=GOALS,
        stages=STAGES,
        ends=ENDS,
        who=WHO_NAMES,
        steps=steps[:LISTED_MOST],
        steps_count=len(steps),
        means=means(task),
        drawn=await asyncio.to_thread(drawn, task) if task.plan else None,
        weight=sum(task.wish.weights),
        file=f"{HREF}/{key}/work.csv",
        may=task.by == here.session.person.login
        or here.session.person.may(Permission.OUTLETS_APPROVE),
        outlets=show.network.outlets,
    )


@post("/plan/{key:str}/end", status_code=200)
async def end(here: Here, key: str) -> Response[Any]:
    """End a plan: who asked for it may, and who leads."""
    here.require(Permission.NETWORK_READ)
    task = _known(here, key)
    if task.by != here.session.person.login:
        here.require(Permission.OUTLETS_APPROVE)
    here.room.planning.end(key)
    return Redirect(f"{HREF}/{key}", status_code=303)


@get("/plan/{key:str}/work.csv")
async def plan_sheet(here: Here, key: str) -> Response[bytes]:
    """The work in its order."""
    here.require(Permission.NETWORK_READ)
    show, task = here.show, _known(here, key)
    reached = show.t("平均步行（米）", "mean walk (m)")
    if task.choice.goal == "cover":
        reached = show.t("走得到的人", "people within the walk")
    head = [
        show.t("次序", "order"), show.t("网点代码", "outlet"), show.t("名称", "name"),
        show.t("代收机构", "agent"), show.t("区", "district"),
        show.t("新增", "adds"), reached,
    ]  # fmt: skip
    return sheet(f"plan-{key}", head, (_cells(show, one) for one in added(task)))


def _cells(show: Show, one: Added) -> list[str]:
    outlet = show.network.outlets[one.outlet]
    return [
        str(one.order), outlet.code, show.say(outlet.name), show.agent(outlet.agent),
        show.district(outlet.district), "" if one.adds is None else str(one.adds), str(one.reached),
    ]  # fmt: skip


def _known(here: Here, key: str) -> Task:
    task = here.room.planning.find(key)
    if task is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("规划", "plan")}))
    return task


async def _form(here: Here, form: Form, wrong: Text | None) -> Response[str]:
    network = here.show.network
    settled = await here.room.settled()
    return here.page(
        "plan.html",
        status=200 if wrong is None else 422,
        path=HREF,
        filled=form,
        wrong=wrong,
        settled=settled,
        people=sum(sum(one.people) for one in settled.points),
        agents=sorted(network.agents.values(), key=lambda one: one.number),
        districts=sorted({one.district for one in network.outlets.values()}),
        closed=len(suspended(network)),
        unplaced=len(network.outlets) - len(network.places),
        goals=GOALS,
        whos=WHO_NAMES,
        efforts=EFFORTS,
        bands=WALKING.bands_m,
        budget_most=BUDGET_MOST,
        codes_most=CODES_MOST,
        latest=here.room.planning.latest,
        ends=ENDS,
    )


_WRONG = Text("请核对表单：{what}。", "Check the form: {what}.")


def _choice(network: Network, form: Form) -> Choice | Text:
    """What the form says, or what is wrong with it."""
    most, within = read_minor(form.most), read_minor(form.within)
    if most is None or not 1 <= most <= BUDGET_MOST:
        return _WRONG.fill(what=Text("家数", "how many"))
    if within not in WALKING.bands_m or form.goal not in GOALS:
        return _WRONG.fill(what=Text("目标", "the goal"))
    if form.who not in WHO_NAMES or form.effort not in EFFORTS:
        return _WRONG.fill(what=Text("为谁、算到多细", "for whom, and how closely"))
    outlets = _outlets(network, form)
    if isinstance(outlets, Text):
        return outlets
    return Choice(
        in_district(network, outlets, form.district),
        cast(Goal, form.goal),
        within,
        most,
        cast(Who, form.who),
    )


def _outlets(network: Network, form: Form) -> tuple[int, ...] | Text:
    """The outlets that may be chosen: what is suspended, one agent's, or those that were typed."""
    if form.of == "closed":
        return suspended(network)
    if form.of == "typed":
        return _typed(network, form.codes)
    agent = next((one for one in network.agents.values() if f"agent:{one.code}" == form.of), None)
    return of_agent(network, agent.number) if agent else _WRONG.fill(what=Text("备选", "choices"))


_UNKNOWN = Text("没有这些网点：{codes}。", "There are no such outlets: {codes}.")


def _typed(network: Network, text: str) -> tuple[int, ...] | Text:
    by_code = {one.code: one.number for one in network.outlets.values()}
    codes = dict.fromkeys(text[:CODES_MOST].replace(",", " ").replace("，", " ").split())
    unknown = [one for one in codes if one not in by_code]
    if unknown:
        return _UNKNOWN.fill(codes=" ".join(unknown[:5])[:120])
    return tuple(sorted(by_code[one] for one in codes))


def _key(network: Network, settled: Settled, form: Form) -> str:
    """The name of a question: the same one about the same network and people is asked once."""
    words: Sequence[object] = (
        network.version, settled.name, len(settled.points), sorted(network.withdrawn.items()),
        *(getattr(form, name) for name in Form.__struct_fields__),
    )  # fmt: skip
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]
