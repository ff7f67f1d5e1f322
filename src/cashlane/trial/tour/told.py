"""An act of the tour told on a terminal."""

import asyncio

from rich.console import Console

from cashlane.home import Home
from cashlane.trial.tour.clerk import clerk_at_work
from cashlane.trial.tour.running import Running, read_running
from cashlane.trial.tour.steps import STEPS, Step
from cashlane.values.text import Language, Text

_SIGNS = {"act": "▸", "fact": "•", "good": "✓", "bad": "✗"}
_STYLES = {"act": "bold", "fact": "", "good": "green", "bad": "bold red"}
_NO_STEP = Text("没有这一步；可用：{names}", "there is no such act; there are: {names}")
_NO_DEMO = Text(
    "这个数据目录里没有正在运行的演示；请先运行 ./do demo",
    "no demo is running in this data folder; start one with ./do demo",
)


def run_tour(house: Home, name: str, language: Language) -> int:
    """Tell one act; 0 where all went as promised, 1 where not, 2 where it cannot be done."""
    console = Console()
    step = next((one for one in STEPS if one.name == name), None)
    running = read_running(house)
    if step is None or running is None:
        names = ", ".join(one.name for one in STEPS)
        words = _NO_STEP.fill(names=names) if step is None else _NO_DEMO
        Console(stderr=True).print(words.say(language))
        return 2
    console.print(f"[bold]{step.title.say(language)}[/bold]")
    return asyncio.run(_tell(house, running, step, console, language))


async def _tell(
    house: Home, running: Running, step: Step, console: Console, language: Language
) -> int:
    failed = 0
    async with clerk_at_work(house, running) as clerk:
        async for line in step.act(clerk):
            words = f"  {_SIGNS[line.kind]} {line.words.say(language)}"
            console.print(words, style=_STYLES[line.kind], markup=False, highlight=False)
            if line.link:
                console.print(f"    {line.link}", style="dim", soft_wrap=True)
            failed |= line.kind == "bad"
    return int(failed)
