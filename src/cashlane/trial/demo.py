"""The synthetic city, running: everything started, people coming to its counters, until Ctrl-C.

What is paid stays paid: the data folder keeps all books, and the next start goes on from them.
"""

import asyncio
import threading
import time
from datetime import UTC, date, datetime

import aiohttp
from msgspec import Struct
from rich.console import Console
from rich.status import Status

from cashlane.adapters.clock import system_ids
from cashlane.engine.supervisor import Event
from cashlane.home import Home
from cashlane.trial.city import Trial, agent_keys, set_up
from cashlane.trial.counter import Counter
from cashlane.trial.crowd import Errand, crowd
from cashlane.trial.day import order_bill_file, sell
from cashlane.trial.staffed import SeatedTill, Staff, staff_trial
from cashlane.trial.station import HOST, Addresses, Station
from cashlane.trial.tour.page import TourPage, Way, serving_port, shown
from cashlane.trial.tour.running import Running, write_running
from cashlane.values.text import Text
from cashlane.world.city import City

DAY = date(2022, 1, 14)
STAFFED = ("post-0001", "a-0001")
"""Outlets whose first till is open to whoever tries the demo: a post counter and a shop."""
AT_ONCE_MOST = 16
"""People at counters at one moment: a machine that is also somebody's desk stays usable."""
_WORDS: dict[str, Text] = {
    "ready": Text("已就绪", "ready"),
    "died": Text("意外退出", "died"),
    "killed": Text("被强制结束", "had to be killed"),
    "orphan": Text("清理上次残留", "left over from an earlier run, ended"),
    "stopped": Text("已停止", "stopped"),
    "slow": Text("启动过慢，见日志", "was not ready in time; see its log"),
}


class DemoPlan(Struct, frozen=True):
    """How large the city is, where its API answers, how many people come a second."""

    seed: int
    bills: int
    port: int
    pace: float


def run_demo(house: Home, plan: DemoPlan) -> None:
    """Set up or find the city, start everything, let people come; returns after Ctrl-C."""
    console = Console(stderr=True)
    begun = time.monotonic()
    with console.status("") as status:
        _say(status, Text("正在启动数据库……", "starting the database ..."))
        house.cluster.start()
        try:
            _say(status, Text("正在准备城市与账单……", "preparing the city and its bills ..."))
            city = set_up(house, Trial(plan.seed, plan.bills, DAY))
            staff = asyncio.run(staff_trial(house, STAFFED))
            _say(status, Text("正在启动各进程……", "starting the processes ..."))
            _run(house, Cast(city, staff), plan, console, status, begun)
        finally:
            house.cluster.stop()


class Cast(Struct, frozen=True):
    """The city, and the people whose logins are told."""

    city: City
    staff: Staff


def _run(
    house: Home, cast: Cast, plan: DemoPlan, console: Console, status: Status, begun: float
) -> None:
    station = Station(house, lambda event: _tell(console, event), port=plan.port, revive=True)
    over = threading.Event()

    def attend() -> None:
        if not station.ready.wait(timeout=120) or over.is_set():
            return
        status.stop()
        took = time.monotonic() - begun
        asyncio.run(_attend(house, cast, plan, station.addresses, console, over, took))

    people = threading.Thread(target=attend, name="people")
    people.start()
    try:
        station.run()
    finally:
        over.set()
        station.ready.set()
        people.join()


def _say(status: Status, words: Text) -> None:
    status.update(f"{words.zh} {words.en}")


def _tell(console: Console, event: Event) -> None:
    words = _WORDS.get(event.what)
    if words is not None:
        console.print(f"  {event.name}: {words.zh} · {words.en}")


async def _attend(
    house: Home, cast: Cast, plan: DemoPlan, at: Addresses, console: Console,
    over: threading.Event, took: float,
) -> None:  # fmt: skip
    """Show the tour beside the city while people come to its counters."""
    with serving_port(plan.port + 1) as listener:
        tour = f"http://{HOST}:{listener.getsockname()[1]}"
        running = Running(at.api, tour, plan.seed, plan.bills)
        write_running(house, running)
        ways = _ways(at, cast.staff)
        async with shown(TourPage(house, running, ways).app(), listener):
            _welcome(console, tour, ways, took)
            _outside(console, at)
            await _come(house, cast.city, plan, at, console, over)


def _ways(at: Addresses, staff: Staff) -> list[Way]:
    """Every door of the demo, the ones that people use first."""
    return [
        *(_till_way(at, till) for till in staff.tills),
        _desk_way(at, staff),
        Way(Text("找缴费网点（任何人）", "Find a counter (anyone)"), f"{at.api}/find/", ()),
        Way(
            Text("接线台：给来电人的三家网点", "The desk: three counters for a caller"),
            f"{at.api}/desk/",
            (),
        ),
        Way(Text("现在能缴什么（任何人）", "What can be paid now (anyone)"), f"{at.api}/now/", ()),
        Way(Text("核验收据（任何人）", "Check a receipt (anyone)"), f"{at.api}/check/", ()),
        Way(Text("接口说明", "The API described"), f"{at.api}/schema", ()),
    ]


def _till_way(at: Addresses, till: SeatedTill) -> Way:
    """The secret stands behind the #, which browsers keep to themselves."""
    cashier = till.cashier
    return Way(
        Text(f"收银机 {till.outlet}-{till.till}", f"Till {till.outlet}-{till.till}"),
        f"{at.api}/till/#{till.device}",
        ((_LOGIN, cashier.login), (Text("PIN", "PIN"), cashier.word)),
    )


def _desk_way(at: Addresses, staff: Staff) -> Way:
    person = staff.desk("operator")
    words = ((_LOGIN, person.login), (Text("口令", "password"), person.word))
    return Way(Text("运营窗口", "The operator's window"), f"{at.api}/window/", words)


_LOGIN = Text("登录名", "login")


def _welcome(console: Console, tour: str, ways: list[Way], took: float) -> None:
    console.print(f"\n[bold]现金通道 · Cashlane[/bold]  ({took:.0f} s)\n")
    console.print(f"  导览 · Tour: five buttons\n    {tour}/", soft_wrap=True)
    for way in ways:
        console.print(f"  {way.name.zh} · {way.name.en}\n    {way.address}", soft_wrap=True)
        for name, word in way.words:
            console.print(f"    {name.zh} · {name.en}  {word}", markup=False, soft_wrap=True)
    console.print(
        "  合成城市，人名、账单与网点均为虚构。 A synthetic city: people, bills and outlets are"
        " made up.\n  Ctrl-C 停止，数据保留 · stops; everything is kept\n"
    )


def _outside(console: Console, at: Addresses) -> None:
    console.print("  模拟外部 · The simulated outside, which misbehaves on demand")
    for party, address in sorted(at.parties.items()):
        console.print(f"    {party:14} {address}/control", soft_wrap=True)
    console.print()


async def _come(
    house: Home, city: City, plan: DemoPlan, at: Addresses, console: Console, over: threading.Event
) -> None:
    """People come one after the other at the plan's pace, never more than a few at once."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        await order_bill_file(house, at, http)
        keys = agent_keys(house, None)
        post = Counter(http, at.api, keys["post"], system_ids(), lambda: datetime.now(UTC))
        people = crowd(
            city, seed=plan.seed, bills=plan.bills, payments=plan.bills, people=time.time_ns()
        )
        serving: set[asyncio.Task[None]] = set()
        for served, person in enumerate(people):
            if over.is_set():
                break
            if len(serving) < AT_ONCE_MOST:
                task = asyncio.create_task(_serve(http, at, post, person))
                serving.add(task)
                task.add_done_callback(serving.discard)
            if served % 100 == 99:
                console.print(f"  {served + 1} 人次 · people served")
            await asyncio.sleep(1 / plan.pace)
        await asyncio.gather(*serving, return_exceptions=True)


async def _serve(http: aiohttp.ClientSession, at: Addresses, post: Counter, person: Errand) -> None:
    try:
        if person.outlet.chain == "post":
            await post.serve(person.outlet.code, "1", list(person.codes), twice=person.twice)
        else:
            await sell(http, at, person)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return  # the network is being stopped or restarted under this person's feet
