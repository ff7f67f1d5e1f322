"""`./do bench`: every published speed figure, measured side by side in one run.

`./do bench profile` says where the time of one payment goes.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from bench import coverage, drained, latency, outlets, overload
from bench.arrivals import milliseconds, not_taken
from bench.checking import SHOWN, checked
from bench.citizens import Citizens
from bench.ground import Ground, ground
from bench.holds import Holder
from bench.loading import DAYS, load
from bench.measure import PAIRS_LEAST, SECONDS_LEAST, in_turns, spread
from bench.outside import ROUTE, partner
from bench.pays import PROCESSES, beside_tpcb, directs, hundreds, singles
from bench.profile import main as profiled
from bench.results import Book, Figure, Wanted
from bench.visits import Visited, visited
from bench.weight import SHARES, Scale, Weight, bytes_by_table

P99_MOST_MS = 60
RUSH_S = 60
SCALE_S = 3
"""Seconds of pressing that say where the ladder of rates begins."""
ACCEPTED_MOST, CONFIRMED_MOST = 1_500, 2_000
PAST, PAST_TRIED = 10_000_000, 100_000
"""Payments of earlier days that are in the books, and how many a trial run makes of them."""
SLOWER_MOST = 1.2
CHECK_MOST_MS = 5


class Asked(Struct, frozen=True):
    """How much is measured."""

    pairs: int
    seconds: int


def _median(values: Iterable[float]) -> float:
    return spread(list(values)).median


Measuring = Callable[[Ground, Asked, Book], Figure]


def pay_single(on: Ground, asked: Asked, book: Book) -> Figure:
    """A pay with a hold, one a request, at counters all over the city."""
    with singles(on, Holder(on), seconds=asked.seconds) as pressing:
        pairs = beside_tpcb(on, pressing, pairs=asked.pairs, seconds=asked.seconds)
        also = {"p50_ms": _median(run.p50_us / 1000 for run in pressing.runs),
                "p99_ms": _median(run.p99_us / 1000 for run in pressing.runs)}  # fmt: skip
        return book.pairs("pay_single", "payments/s", "tpcb", pairs, least=1.0, also=also)


def pay_batch(on: Ground, asked: Asked, book: Book) -> Figure:
    """A hundred pays a request."""
    with hundreds(on, Holder(on), seconds=asked.seconds) as pressing:
        pairs = beside_tpcb(on, pressing, pairs=asked.pairs, seconds=asked.seconds)
        return book.pairs("pay_batch", "payments/s", "tpcb", pairs, least=4.0,
                          also={"processes": PROCESSES})  # fmt: skip


def pay_direct(on: Ground, asked: Asked, book: Book) -> Figure:
    """Pays without a hold: each names its bill, and its biller is asked while the till waits."""
    with (
        partner(on),
        singles(on, Holder(on), seconds=asked.seconds) as usual,
        directs(on, Citizens(on), seconds=asked.seconds) as direct,
    ):
        pairs = in_turns(asked.pairs, usual.per_s, direct.per_s)
        also = {"p50_ms": _median(run.p50_us / 1000 for run in direct.runs),
                "p99_ms": _median(run.p99_us / 1000 for run in direct.runs)}  # fmt: skip
        return book.pairs("pay_direct", "payments/s", "pay_single", pairs, least=None, also=also)


def visit(on: Ground, asked: Asked, book: Book) -> Figure:
    """Whole visits: asked, held, paid, confirmed. The worker has no business with the pays beside
    them, which are on ground of their own."""
    runs: list[Visited] = []

    def ours() -> float:
        runs.append(visited(on, seconds=asked.seconds))
        return runs[-1].per_s

    with ground(None) as other, singles(other, Holder(other), seconds=asked.seconds) as usual:
        pairs = in_turns(asked.pairs, usual.per_s, ours)
    also = {"p50_ms": _median(run.p50_ms for run in runs),
            "p99_ms": _median(run.p99_ms for run in runs),
            "lost": float(sum(run.lost for run in runs))}  # fmt: skip
    return book.pairs("visit", "visits/s", "pay_single", pairs, least=None, also=also)


def pay_hot(on: Ground, asked: Asked, book: Book) -> Figure:
    """All pays to one biller over one route, beside pays to everybody."""
    with (
        singles(on, Holder(on), seconds=asked.seconds) as usual,
        singles(on, Holder(on, biller=1, route=1), seconds=asked.seconds) as hot,
    ):
        pairs = in_turns(asked.pairs, usual.per_s, hot.per_s)
        return book.pairs("pay_hot", "payments/s", "pay_single", pairs, least=0.9)


def latency_200(on: Ground, asked: Asked, book: Book) -> Figure:
    """What a till waits for at 200 pays a second, for ten minutes; then the audit."""
    seconds = latency.MINUTES * 60 if book.counts else asked.seconds
    answers = latency.steady(on, per_s=latency.PER_S, seconds=seconds)
    errors = not_taken(answers)
    p50, p99, most = (milliseconds(answers, percent) for percent in (50, 99, 100))
    clean = latency.books_hold(on)
    return book.alone(
        "latency_200", p99, "ms", bar="p99 <= 60 ms, 0 errors, verify holds",
        holds=p99 <= P99_MOST_MS and not errors and clean,
        also={"p50_ms": p50, "most_ms": most, "errors": errors, "answers": len(answers),
              "verify": float(clean)},
    )  # fmt: skip


def bytes_accepted(on: Ground, asked: Asked, book: Book) -> Figure:
    """What a payment weighs when it is accepted."""
    scale = Scale(on)
    scale.take(asked.seconds)
    return _weighed("bytes_accepted", scale.weigh(), most=ACCEPTED_MOST, book=book)


def bytes_confirmed(on: Ground, asked: Asked, book: Book) -> Figure:
    """What it weighs when it is confirmed and its bill is marked paid."""
    scale = Scale(on)
    for _ in range(SHARES):
        scale.take(asked.seconds)
        scale.confirm()
        scale.tidy()
    return _weighed("bytes_confirmed", scale.weigh(), most=CONFIRMED_MOST, book=book)


def _weighed(name: str, weight: Weight, *, most: int, book: Book) -> Figure:
    beside = {f"beside: {table}": size for table, size in weight.beside.items()}
    return book.alone(
        name, weight.bytes, "bytes", bar=f"<= {most}", holds=weight.bytes <= most,
        also=weight.own | beside,
    )  # fmt: skip


def history_10m(on: Ground, asked: Asked, book: Book) -> Figure:
    """Single pays where ten million payments are in the books, beside the same where none are."""
    payments = PAST if book.counts else PAST_TRIED
    loaded_per_s = load(on, payments, days=DAYS)
    weighs = sum(bytes_by_table(on).values()) / payments
    checks = checked(on)
    with (
        ground(None) as empty,
        singles(empty, Holder(empty), seconds=asked.seconds) as new,
        singles(on, Holder(on), seconds=asked.seconds) as old,
    ):
        pairs = in_turns(asked.pairs, new.per_s, old.per_s)
        slower = _median(
            with_past.p99_us / without.p99_us
            for without, with_past in zip(new.runs, old.runs, strict=True)
        )
    check_p50 = milliseconds(checks, 50)
    unseen = sum(one.status != SHOWN for one in checks)
    more = Wanted(
        f"p99 <= {SLOWER_MOST:g} x, a receipt checked within {CHECK_MOST_MS} ms (median)",
        holds=slower <= SLOWER_MOST and check_p50 <= CHECK_MOST_MS and not unseen,
    )
    also = {"p99_ratio": slower, "p99_ms": _median(run.p99_us / 1000 for run in old.runs),
            "check_p50_ms": check_p50, "check_p99_ms": milliseconds(checks, 99),
            "checks": len(checks), "checks_unseen": unseen, "history": payments,
            "history_bytes": weighs, "loaded_per_s": loaded_per_s}  # fmt: skip
    return book.pairs(
        "history_10m", "payments/s", "empty", pairs, least=0.9, also=also, more=more
    )  # fmt: skip


def overloaded(on: Ground, asked: Asked, book: Book) -> Figure:
    """A quarter of what could be paid is let in, three times that comes: who waits, who is lost."""
    with singles(on, Holder(on), seconds=asked.seconds) as pressing:
        let_in = int(pressing.per_s() / 4)
    found = overload.rush(on, let_in=let_in, seconds=RUSH_S if book.counts else asked.seconds)
    return book.alone(
        "overload", found.refused_p99_ms, "ms",
        bar="refused within 100 ms at p99, no hold's pay lost, calm 5 s later",
        holds=found.holds, also=msgspec.structs.asdict(found) | {"let_in": let_in},
    )  # fmt: skip


def pay_drained(on: Ground, asked: Asked, book: Book) -> Figure:
    """The rate at which pays are accepted and confirmed, nothing waiting long: the highest is found
    once, and a little less held beside single pays in turns. A turn that does not keep up with it
    counts as nothing."""
    mine = Holder(on, route=ROUTE)
    street = drained.Street(on, mine)

    def single(seconds: int) -> float:
        with singles(on, mine, seconds=seconds) as pressing:
            return pressing.per_s()

    tried = drained.steady_rate(
        lambda per_s: street.carry(per_s, seconds=asked.seconds), single=single(SCALE_S)
    )
    rate = drained.HELD * (drained.best_of(tried) or tried[0]).per_s
    done: list[drained.Carried] = []

    def whole() -> float:
        done.append(street.carry(rate, seconds=asked.seconds))
        return done[-1].confirmed_per_s if done[-1].kept_up else 0.0

    pairs = in_turns(asked.pairs, lambda: single(asked.seconds), whole)
    also = {
        "rate": rate, "tried": float(len(tried)),
        "kept_up": float(sum(one.kept_up for one in done)),
        "oldest_s": max(one.oldest_s for one in done),
        "single": spread([pair.yardstick for pair in pairs]).median,
    } | {
        name: _median(getattr(one.cost, name) for one in done)
        for name in drained.Cost.__struct_fields__
    }  # fmt: skip
    return book.pairs("pay_drained", "payments/s", "pay_single", pairs, least=0.6, also=also)


FIGURES: dict[str, Measuring] = {
    "pay_single": pay_single, "pay_batch": pay_batch, "pay_hot": pay_hot,
    "pay_direct": pay_direct, "visit": visit,
    "latency_200": latency_200, "bytes_accepted": bytes_accepted,
    "bytes_confirmed": bytes_confirmed, "history_10m": history_10m,
    "pay_drained": pay_drained, "overload": overloaded,
}  # fmt: skip


def _said() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench", description=__doc__)
    parser.add_argument(
        "figures",
        nargs="*",
        choices=[[], *FIGURES, *outlets.FIGURES, *coverage.FIGURES],
        help="all where none is named",
    )
    parser.add_argument("--pairs", type=int, default=PAIRS_LEAST)
    parser.add_argument("--seconds", type=int, default=SECONDS_LEAST)
    parser.add_argument("--data", type=Path, help="a folder to keep (else one that is thrown away)")
    return parser.parse_args()


def _all() -> list[str]:
    """Every figure that can be measured here."""
    listed = outlets.FIGURES if outlets.LIST.exists() else {}
    return [*FIGURES, *listed, *coverage.FIGURES]


def _told(figure: Figure) -> str:
    beside = f", {figure.ratio:g} x {figure.yardstick} (iqr {figure.iqr:g})" * bool(
        figure.yardstick
    )
    bar = f"; {figure.bar}: {'holds' if figure.holds else 'MISSED'}" if figure.bar else ""
    also = "".join(f", {name} {value:g}" for name, value in figure.also.items())
    return f"{figure.figure}: {figure.value:g} {figure.unit}{beside}{also}{bar}"


def main() -> int:
    """Measure; 1 where a bar does not hold."""
    if sys.argv[1:2] == ["profile"]:
        return profiled(sys.argv[2:])
    said = _said()
    asked = Asked(said.pairs, said.seconds)
    command = " ".join(["./do bench", *sys.argv[1:]])
    book, failed = Book(command, pairs=asked.pairs, seconds=asked.seconds), 0
    for name in said.figures or _all():
        if name in coverage.FIGURES:
            figure = coverage.FIGURES[name](book)
        elif name in outlets.FIGURES:
            with ground(said.data / name if said.data else None) as on:
                figure = outlets.FIGURES[name](on, book)
        else:
            # Each on ground of its own: what one leaves undone is no burden to the next.
            with ground(said.data / name if said.data else None) as on:
                figure = FIGURES[name](on, asked, book)
        failed += not figure.holds
        print(_told(figure), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
