"""A process dies at each labelled step of each flow: nothing is lost or doubled, the books hold."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cashlane.switch
from cashlane.switch.steps import LABELS
from tests.storms.judge import judge
from tests.storms.processes import Storm, storm
from tests.storms.scenes import IN_API, IN_WORKER, Scene
from tests.street.running import rounds, session

ALL = [
    (scene, label) for scene in (*IN_API, *IN_WORKER) for label in (*scene.labels, *scene.plants)
]
DAILY = {
    ("PayHeld", "pay:committed"), ("PayDirect", "hold:claimed"), ("Void", "pay:written"),
    ("Send", "send:committed"), ("SendByFile", "send:answered"), ("Enquire", "chase:answered"),
    ("Send", "mark:marked"), ("SweepLeft", "sweep:burnt"),
}  # fmt: skip
"""The worst of them, every day; all of them in a storm."""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    with storm(tmp_path_factory.mktemp("steps") / "data", bills=6_000) as street:
        yield street


@pytest.mark.storm
@pytest.mark.parametrize(
    ("scene", "label"),
    [pair for pair in ALL if rounds(0, 1) or (pair[0].__name__, pair[1]) in DAILY],
    ids=lambda it: it if isinstance(it, str) else it.__name__,
)
def test_a_death(street: Storm, figures, scene: type[Scene], label: str) -> None:
    asyncio.run(_play(street, scene, label))
    judgement = judge(street)
    figures(
        f"{scene.dying} at {label} in {scene.__name__}; in all {judgement.line()}",
        of="deaths at labelled steps of flows",
    )
    assert judgement.faults == []


async def _play(street: Storm, scene: type[Scene], label: str) -> None:
    processes = street.processes
    async with session() as http:
        played = scene(street, http)
        await played.prepare()
        bug = scene.plants.get(label, "")
        await asyncio.to_thread(processes.restart, scene.dying, die_at=label, bug=bug)
        acting = asyncio.create_task(played.act())
        died_at = await asyncio.to_thread(processes.dead_at, scene.dying)
        assert died_at == re.sub(r":\d+$", "", label)
        await played.meanwhile()
        both = ("worker", "serve") if played.later_s else (scene.dying,)
        await asyncio.to_thread(processes.advance, played.later_s, both)
        await acting
        await played.after()


def test_no_label_is_left_out() -> None:
    """Each label stands in the street once, and some scene dies at it."""
    folder = Path(cashlane.switch.__file__).parent
    text = "".join(path.read_text() for path in folder.glob("*.py"))
    in_code = re.findall(r'\bstep\("([a-z:]+)"\)', text)
    assert sorted(in_code) == sorted(LABELS)
    assert {re.sub(r":\d+$", "", label) for scene, label in ALL if label in scene.labels} == set(
        LABELS
    )
