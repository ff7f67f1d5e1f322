"""How many payments a week an outlet can take: stated assumptions, until tills have measured it."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct


class Pace(Struct, frozen=True):
    """How a kind of outlet takes bills: hours of the week in which somebody stands at the counter,
    the share of that time that bills may have, and the seconds that one takes."""

    hours_a_week: int
    share_ppm: int
    seconds: int

    @property
    def a_week(self) -> int:
        """Payments a week, rounded down."""
        return self.hours_a_week * 3_600 * self.share_ppm // (1_000_000 * self.seconds)


PACES: Mapping[Literal["post", "chain", "bank"], Pace] = {
    "post": Pace(54, 500_000, 90),
    "chain": Pace(112, 100_000, 40),
    "bank": Pace(45, 250_000, 90),
}
"""All assumed. A post counter works six days of nine hours, half of it on bills of 90 seconds:
1,080 a week. A shop is open for sixteen hours a day and gives a tenth of its only clerk's time to
bills scanned among the sales in 40 seconds: 1,008. A bank opens for five days of nine hours, with a
quarter of them for bills: 450."""
