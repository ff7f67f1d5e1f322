"""The outlets that lose something, by name: the first on the page, all of them in a file."""

from collections.abc import Mapping, Sequence

from litestar import Response
from msgspec import Struct

from cashlane.core.network import Outlet
from cashlane.web.operator.show import Show
from cashlane.web.shared.sheets import sheet

LOSERS_MOST = 200
"""Outlets by name on one page; the file has all."""


class Loser(Struct, frozen=True):
    """An outlet and the billers that can be paid there no longer."""

    outlet: Outlet
    billers: Sequence[int]


def losers(
    show: Show, lost: Sequence[tuple[int, Sequence[int]]], dark: frozenset[int]
) -> list[Loser]:
    """From pairs of a biller and the outlets that lose it: those that lose all first, by code."""
    found: dict[int, list[int]] = {}
    for biller, outlets in lost:
        for outlet in outlets:
            found.setdefault(outlet, []).append(biller)
    rows = [Loser(show.network.outlets[outlet], billers) for outlet, billers in found.items()]
    return sorted(rows, key=lambda one: (one.outlet.number not in dark, one.outlet.code))


def losers_sheet(show: Show, name: str, rows: Sequence[Loser]) -> Response[bytes]:
    """All of them in a file."""
    head: Mapping[str, str] = {
        "code": show.t("网点代码", "outlet"),
        "name": show.t("名称", "name"),
        "agent": show.t("代收机构", "agent"),
        "district": show.t("区", "district"),
        "billers": show.t("不能再缴的收费单位", "billers lost"),
    }
    return sheet(name, list(head.values()), (_cells(show, one) for one in rows))


def _cells(show: Show, one: Loser) -> list[str]:
    billers = show.t("、", "; ").join(show.biller(biller) for biller in one.billers)
    outlet = one.outlet
    return [
        outlet.code, show.say(outlet.name), show.agent(outlet.agent),
        show.district(outlet.district), billers,
    ]  # fmt: skip
