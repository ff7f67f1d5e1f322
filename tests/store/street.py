"""A small network for tests: three outlets of two agents, two billers, two routes.

Outlets 1 and 2 share a bucket; biller 2 takes parts; both rounding bearers and both fee bearers
occur.
"""

from datetime import date

from cashlane.core.bill import AmountRule, Biller, CashRule
from cashlane.core.charter import Brand, Charter, Group, Place
from cashlane.core.fees import FeeSchedule, FeeSlab
from cashlane.core.network import Agent, Contract, Manifest, Route, Till, Way
from cashlane.values.money import CNY
from cashlane.values.text import Text

DRAWER_MOST = 10**12
VALID_FROM = date(2020, 1, 1)


_ONE, _TWO = Way(1, "certified", 0, 0), Way(2, "certified", 0, 0)
_ONE_FIRST, _TWO_FIRST = (_ONE, _TWO), (_TWO, _ONE)


def street() -> Charter:
    """All parties of the small network."""
    return Charter(
        name=Text("测试街", "the test street"),
        currency=CNY,
        zone="Asia/Shanghai",
        trial=True,
        billers=(_power(), _water()),
        routes=(_route(1, "east-ring"), _route(2, "west-ring")),
        fees=(_fee(1, "customer", 150, 4_000), _fee(2, "biller", 60, 3_000)),
        groups=(Group("post", Text("邮政", "post")), Group("mart", Text("便利店", "stores"))),
        agents=(
            Agent(1, "post", Text("邮政", "the post"), "post", "post", "own"),
            Agent(2, "harbour-mart", Text("海港便利", "Harbour Mart"), "chain", "mart", "shared"),
        ),
        brands=(
            Brand("post", 1, Text("邮政", "post")),
            Brand("harbour", 2, Text("海港", "Harbour")),
        ),
        places=(
            _place(1, "post-0001", 1, "post", 5),
            _place(2, "post-0002", 1, "post", 5),
            _place(3, "hm-0001", 2, "harbour", 41),
        ),
        tills=tuple(
            Till(10 * outlet + at, str(at), outlet) for outlet in (1, 2, 3) for at in (1, 2)
        ),
        contracts=tuple(
            Contract(agent, biller, _ONE_FIRST if agent == 1 else _TWO_FIRST, biller, 5_000_000)
            for agent in (1, 2)
            for biller in (1, 2)
        ),
    )


def _power() -> Biller:
    return _biller(1, "city-power", Text("城市电力", "City Power"), "electricity",
                   AmountRule("exact"), CashRule("down", "biller"), parts=False)  # fmt: skip


def _water() -> Biller:
    return _biller(2, "east-water", Text("东区自来水", "East Water"), "water",
                   AmountRule("below"), CashRule("down", "network"), parts=True)  # fmt: skip


def _biller(
    number: int, code: str, name: Text, kind: str, rule: AmountRule, cash: CashRule, *, parts: bool
) -> Biller:
    return Biller(
        number=number, code=code, name=name, kind=kind, flow="inquire", fields=(), layouts=(),  # type: ignore[arg-type]
        amount_rule=rule, cash_rule=cash, choice="any", payment_most=5_000_000, windows=(),
        notices=(), inquiries_per_minute=6_000, inquiries_per_minute_customer=60,
        parts_allowed=parts, receipt_discharges=True, dedups_across_routes=False,
    )  # fmt: skip


def _route(number: int, code: str) -> Route:
    manifest = Manifest(
        dedups_by_payment_id=True, not_found_final=True, answers_status=True, voids=True,
        not_posted_codes=("E1",), shut_codes=(), grace_s=300, per_message=1, per_second=100,
    )  # fmt: skip
    return Route(number, code, Text(f"通道{number}", f"route {number}"), "aggregator", manifest,
                 (1, 2))  # fmt: skip


def _fee(number: int, bearer: str, flat: int, rate_ppm: int) -> FeeSchedule:
    slab = FeeSlab(up_to=10**9, flat=flat, rate_ppm=rate_ppm, least=0, most=10_000)
    return FeeSchedule(number, bearer, (slab,), (5, 3, 2), VALID_FROM, None)  # type: ignore[arg-type]


def _place(number: int, code: str, agent: int, brand: str, bucket: int) -> Place:
    return Place(
        number=number, code=code, name=Text(f"网点{number}", f"outlet {number}"), agent=agent,
        brand=brand, district="hp", bucket=bucket, drawer_most=DRAWER_MOST,
        longitude=121.47, latitude=31.23,
    )  # fmt: skip
