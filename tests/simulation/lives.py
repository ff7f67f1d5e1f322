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
        count["payments passed on"] += 16 in kinds
        count["notices given"] += 17 in kinds
        count["bills paid elsewhere meanwhile"] += 15 in kinds
    for row in tables.payments.values():
        sent = {route for kind, route, _ in tables.facts.get(row.id, ()) if kind == 1}
        count["payments that took another way"] += bool(sent - {row.route})
        count["payments stood in for"] += row.stood_in
    count["payments that waited for a way"] += len(tables.waited)
    count["ways that fell ill"] += sum(
        (change.before, change.after) == (1, 2) for change in tables.changes.values()
    )
    for ask in tables.asks.values():
        count["lapsed holds burnt"] += ask.verdict == 4
        count["keys closed without a payment"] += ask.verdict == 3
    cases = [found for kind, found in tables.errands.items() if kind == 7]
    count["payments a person must look at"] += sum(map(len, cases))
    return count
