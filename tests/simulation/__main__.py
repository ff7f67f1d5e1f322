"""The command line of the simulation: many seeds, or one that is looked at."""

import argparse
import sys

from tests.simulation.coverage import DUTIES, covered, missed
from tests.simulation.many import Total, simulate_many
from tests.simulation.shrink import kind_of, same_fault, shrink
from tests.simulation.trial import Plan, simulate


def main() -> int:
    """Run what the arguments say; 1 where something is wrong."""
    asked = _arguments().parse_args()
    if asked.seed is not None:
        return _one(asked)
    plans = (Plan(seed, asked.payments) for seed in range(asked.start, asked.start + asked.seeds))
    total = simulate_many(plans, progress=print if asked.progress else None)
    return _told(total, full=asked.payments >= 200)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./do simulate")
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds")
    parser.add_argument("--from", dest="start", type=int, default=1, help="the first one")
    parser.add_argument("--payments", type=int, default=200, help="citizens of each seed")
    parser.add_argument("--progress", action="store_true", help="a line every hundred seeds")
    parser.add_argument("--seed", type=int, help="one seed only")
    parser.add_argument("--trace", action="store_true", help="tell all that happens in it")
    parser.add_argument("--shrink", action="store_true", help="make a failing seed small")
    parser.add_argument("--without", default="", help="classes of faults left out, with commas")
    parser.add_argument("--citizens", default="", help="only these citizens, with commas")
    parser.add_argument("--faults-most", type=int, default=1 << 60, help="at most so many faults")
    return parser


def _one(asked: argparse.Namespace) -> int:
    keep = frozenset(map(int, asked.citizens.split(","))) if asked.citizens else None
    dropped = frozenset(filter(None, asked.without.split(",")))
    plan = Plan(asked.seed, asked.payments, dropped, keep, asked.faults_most)
    found = simulate(plan, trace=asked.trace)
    print(f"seed {plan.seed}: {found.accepted} payments, {found.faults} faults, {found.events}"
          f" events, digest {found.digest}")  # fmt: skip
    for violation in found.violations:
        print(violation)
    if found.violations and asked.shrink:
        small = shrink(plan, same_fault({kind_of(one) for one in found.violations}))
        print(small.command())
    return 1 if found.violations else 0


def _told(total: Total, *, full: bool) -> int:
    print(f"{total.seeds} seeds, {total.accepted} payments accepted, {total.faults} faults,"
          f" {total.events} events in {total.took_s:.0f} s")  # fmt: skip
    done = covered(total)
    late = total.timed_out_posted + total.timed_out_empty
    print(
        f"  {late} sends timed out, {total.timed_out_posted / max(1, late):.0%} of them had posted"
    )
    for name in DUTIES:
        print(f"  {name}: {done.get(name, 0)}")
    print(f"  deaths at the {len(total.crashed_at)} labels: {min(total.crashed_at.values())}"
          f" to {max(total.crashed_at.values())} each")  # fmt: skip
    undone = list(missed(total)) if full else []
    for duty in undone:
        print(f"NOT COVERED {duty}")
    for failed in total.failed:
        print(f"FAILED {failed.plan.command()} --shrink")
        for violation in failed.violations[:3]:
            print(f"  {violation}")
    print(f"violations in {len(total.failed)} of {total.seeds} seeds;"
          f" {total.events / total.cpu_s:,.0f} events/s, {total.cpu_s:.0f} CPU s"
          f" ({total.cpu_s / total.seeds:.2f} a seed)")  # fmt: skip
    return 1 if total.failed or undone else 0


if __name__ == "__main__":
    sys.exit(main())
