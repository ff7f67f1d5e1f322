"""`./do bench`: every published speed figure, measured side by side in one run.

`./do bench profile` says where the time of one payment goes.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from bench import drained, latency, overload, weight
from bench.ground import Ground, ground
from bench.holds import Holder
from bench.measure import PAIRS_LEAST, SECONDS_LEAST, in_turns, spread
from bench.pays import beside_tpcb, hundreds, singles
from bench.profile import main as profiled
from bench.results import Book, Figure

CREATED = 201
P99_MOST_MS = 60
RUSH_S = 60
SCALE_S = 3
"""Seconds of pressing that say where the ladder of rates begins."""
ACCEPTED_MOST = 1_500
PAYMENTS = "SELECT count(*) FROM payments"


class Asked(Struct, frozen=True):
    """How much is measured."""

    pairs: int
    seconds: int


Measuring = Callable[[Ground, Asked, Book], Figure]


def pay_single(on: Ground, asked: Asked, book: Book) -> Figure:
    """A pay with a hold, one a request, at counters all over the city."""
    with singles(on, Holder(on), seconds=asked.seconds) as pressing:
        pairs = beside_tpcb(on, pressing, pairs=asked.pairs, seconds=asked.seconds)
        p50, p99 = (spread([run.p50_us / 1000 for run in pressing.runs]).median,
                    spread([run.p99_us / 1000 for run in pressing.runs]).median)  # fmt: skip
        also = {"p50_ms": p50, "p99_ms": p99}
        return book.pairs("pay_single", "payments/s", "tpcb", pairs, least=1.0, also=also)


def pay_batch(on: Ground, asked: Asked, book: Book) -> Figure:
    """A hundred pays a request."""
    with hundreds(on, Holder(on), seconds=asked.seconds) as pressing:
        pairs = beside_tpcb(on, pressing, pairs=asked.pairs, seconds=asked.seconds)
        return book.pairs("pay_batch", "payments/s", "tpcb", pairs, least=4.0)


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
    errors = sum(one.status != CREATED for one in answers)
    p50, p99, most = (latency.milliseconds(answers, percent) for percent in (50, 99, 100))
    clean = latency.books_hold(on)
    return book.alone(
        "latency_200", p99, "ms", bar="p99 <= 60 ms, 0 errors, verify holds",
        holds=p99 <= P99_MOST_MS and not errors and clean,
        also={"p50_ms": p50, "most_ms": most, "errors": errors, "answers": len(answers),
              "verify": float(clean)},
    )  # fmt: skip


def bytes_per_payment(on: Ground, asked: Asked, book: Book) -> Figure:
    """What an accepted payment weighs, and what it weighs once it is confirmed."""
    before, had = weight.bytes_by_table(on), on.count(PAYMENTS)
    with singles(on, Holder(on), seconds=asked.seconds) as pressing:
        pressing.per_s()
    after, has = weight.bytes_by_table(on), on.count(PAYMENTS)
    by_table = {table: (after[table] - before[table]) / (has - had) for table in after}
    accepted = sum(by_table.values())
    return book.alone(
        "bytes_accepted", accepted, "bytes", bar="<= 1500", holds=accepted <= ACCEPTED_MOST,
        also=by_table,
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
    """The rate at which pays are accepted and confirmed, nothing waiting long: found once, then
    held beside single pays in turns. A turn that does not keep up with it counts as nothing."""
    mine = Holder(on, route=drained.ROUTE)
    street = drained.Street(on, mine)

    def single(seconds: int) -> float:
        with singles(on, mine, seconds=seconds) as pressing:
            return pressing.per_s()

    tried = drained.steady_rate(
        lambda per_s: street.carry(per_s, seconds=asked.seconds), single=single(SCALE_S)
    )
    best = drained.best_of(tried)
    done: list[drained.Carried] = []

    def whole() -> float:
        done.append(street.carry((best or tried[0]).per_s, seconds=asked.seconds))
        return done[-1].confirmed_per_s if done[-1].kept_up else 0.0

    pairs = in_turns(asked.pairs, lambda: single(asked.seconds), whole)
    also = {
        "rate": (best or tried[0]).per_s, "tried": float(len(tried)),
        "kept_up": float(sum(one.kept_up for one in done)),
        "oldest_s": max(one.oldest_s for one in done),
        "single": spread([pair.yardstick for pair in pairs]).median,
    }  # fmt: skip
    return book.pairs("pay_drained", "payments/s", "pay_single", pairs, least=0.6, also=also)


FIGURES: dict[str, Measuring] = {
    "pay_single": pay_single, "pay_batch": pay_batch, "pay_hot": pay_hot,
    "latency_200": latency_200, "bytes_accepted": bytes_per_payment,
    "pay_drained": pay_drained, "overload": overloaded,
}  # fmt: skip


def _said() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench", description=__doc__)
    parser.add_argument(
        "figures", nargs="*", choices=[[], *FIGURES], help="all where none is named"
    )
    parser.add_argument("--pairs", type=int, default=PAIRS_LEAST)
    parser.add_argument("--seconds", type=int, default=SECONDS_LEAST)
    parser.add_argument("--data", type=Path, help="a folder to keep (else one that is thrown away)")
    return parser.parse_args()


def _told(figure: Figure) -> str:
    beside = f", {figure.ratio:g} x {figure.yardstick} (iqr {figure.iqr:g})" * bool(
        figure.yardstick
    )
    verdict = "holds" if figure.holds else "MISSED"
    also = "".join(f", {name} {value:g}" for name, value in figure.also.items())
    return f"{figure.figure}: {figure.value:g} {figure.unit}{beside}{also}; {figure.bar}: {verdict}"


def main() -> int:
    """Measure; 1 where a bar does not hold."""
    if sys.argv[1:2] == ["profile"]:
        return profiled(sys.argv[2:])
    said = _said()
    asked = Asked(said.pairs, said.seconds)
    command = " ".join(["./do bench", *sys.argv[1:]])
    book, failed = Book(command, pairs=asked.pairs, seconds=asked.seconds), 0
    for name in said.figures or FIGURES:
        # Each on ground of its own: what one leaves undone is no burden to the next.
        with ground(said.data / name if said.data else None) as on:
            figure = FIGURES[name](on, asked, book)
        failed += not figure.holds
        print(_told(figure), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
