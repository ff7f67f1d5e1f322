"""How far chains have come, told line by line on a terminal."""

from collections.abc import Iterator, Sequence

from cashlane.core.network import Network
from cashlane.core.onboarding import RULES, Progress
from cashlane.core.onboarding_steps import steps
from cashlane.values.text import Language, Text

_NEXT = Text("下一步", "next")
_DONE = Text("已完成", "done")


def chains_told(
    every: Sequence[Progress], network: Network, language: Language, *, whole: bool
) -> Iterator[str]:
    """A line for each chain; `whole` tells its stages and the next command too."""
    for one in every:
        waiting = _DONE if one.next is None else RULES[one.next].name
        yield (
            f"{network.agents[one.agent].code:24}{one.earned:3} / {len(RULES)}"
            f"  {_NEXT.say(language)}: {waiting.say(language)}"
        )
        if whole:
            yield from _stages(one, network, language)


def _stages(one: Progress, network: Network, language: Language) -> Iterator[str]:
    for it in one.stages:
        sign = "✓" if it.earned else "–"
        at = f"{network.local(it.at):%Y-%m-%d %H:%M}" if it.at is not None else ""
        yield f"  {sign} {RULES[it.stage].name.say(language):28}{at:18}{it.about}".rstrip()
    if one.next is not None:
        yield f"  {_NEXT.say(language)}: {RULES[one.next].to_do.say(language)}"
        yield from (f"    {line}" for line in steps(one.next, network, one.agent))
