"""What payments went through in a run, counted from raw rows."""

from collections import Counter
from typing import Any


def lives_of(tables: Any) -> Counter[str]:
    """What payments went through, counted from their raw facts."""
    count: Counter[str] = Counter()
    for facts in tables.facts.values():
        kinds = {int(kind) for kind, _, _ in facts}
        count["doubts that ended confirmed"] += {3, 5} <= kinds
        count["doubts that ended declined"] += {3, 4} <= kinds
        count["reversals carried out"] += 9 in kinds
        count["reversals asked for in doubt"] += {3, 7} <= kinds
        count["refunds handed out"] += 13 in kinds
        count["bills paid elsewhere meanwhile"] += 15 in kinds
    for ask in tables.asks.values():
        count["lapsed holds burnt"] += ask.verdict == 4
        count["keys closed without a payment"] += ask.verdict == 3
    cases = [found for kind, found in tables.errands.items() if kind == 7]
    count["payments a person must look at"] += sum(map(len, cases))
    return count
