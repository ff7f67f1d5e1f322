"""What must sometimes happen: a quiet simulation proves nothing, so it fails."""

from collections.abc import Iterator

from cashlane.switch.steps import LABELS
from tests.simulation.many import Total

PER_SEEDS = 1_000
DUTIES: dict[str, int] = {
    "sends that timed out": 5_000,
    "sends in doubt that had truly posted": 10_000,
    "sends in doubt that had truly not": 3_000,
    "commits whose answer was lost": 200,
    "commits that were not kept": 200,
    "programs killed": 500,
    "tills that died": 500,
    "doubts that ended confirmed": 5_000,
    "doubts that ended declined": 500,
    "reversals carried out": 500,
    "reversals asked for in doubt": 100,
    "refunds handed out": 1_000,
    "bills paid elsewhere meanwhile": 50,
    "lapsed holds burnt": 500,
    "keys closed without a payment": 200,
    "payments a person must look at": 200,
    "midnights": 50,
    "routes that lost their memory": 50,
    "thefts": 500,
    "faults": 500_000,
    "ways that fell ill": 500,
    "payments that took another way": 500,
    "payments passed on": 500,
    "payments that waited for a way": 500,
    "payments stood in for": 200,
    "notices given": 5_000,
}
"""So often in a thousand seeds, and as much less in fewer."""
CRASHES_A_LABEL = 200
POSTED_SHARE = 0.30
"""Of the sends that timed out, so many must have succeeded: else doubt would be as good as failure.
What may not happen before a definite word is seen to in doubts.py."""


def covered(total: Total) -> dict[str, int]:
    """What happened, in the words of the duties."""
    seen, lives = total.seen, total.lives
    return {
        "sends that timed out": total.timed_out_posted + total.timed_out_empty,
        "sends in doubt that had truly posted": total.doubts_posted,
        "sends in doubt that had truly not": total.doubts_empty,
        "commits whose answer was lost": seen["commit-unanswered"],
        "commits that were not kept": seen["commit-undone"] + seen["commit-unserialised"],
        "programs killed": seen["kill"],
        "tills that died": seen["till-crash"],
        "midnights": seen["midnight"],
        "routes that lost their memory": seen["memory-loss"],
        "thefts": seen["thief"],
        "faults": total.faults,
    } | {name: lives[name] for name in DUTIES if name in lives}


def missed(total: Total) -> Iterator[str]:
    """Duties that these runs did not do."""
    found = covered(total)
    share = total.seeds / PER_SEEDS
    for name, wanted in DUTIES.items():
        if found.get(name, 0) < wanted * share:
            yield f"{name}: {found.get(name, 0)}, at least {wanted * share:.0f} wanted"
    for label in LABELS:
        if total.crashed_at[label] < CRASHES_A_LABEL * share:
            yield f"deaths at {label}: {total.crashed_at[label]} of {CRASHES_A_LABEL * share:.0f}"
    late = total.timed_out_posted + total.timed_out_empty
    if total.timed_out_posted < POSTED_SHARE * late:
        yield f"only {total.timed_out_posted} of {late} sends that timed out had posted"
