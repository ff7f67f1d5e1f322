"""Amount rules of billers, as a table a clerk can extend; and names as a counter shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.bill import AmountRule, mask_account, mask_name, takes

EXACT = AmountRule("exact")
BELOW = AmountRule("below", least=100)
ABOVE = AmountRule("above")
ANY = AmountRule("any", least=100)
RANGE = AmountRule("range", least=100, most=500)
MULTIPLE = AmountRule("multiple", least=500, step=500)
CHOICES = AmountRule("choices", choices=(5_000, 10_000))


@pytest.mark.parametrize(
    ("rule", "owed", "amount", "taken"),
    [
        (EXACT, 12_650, 12_650, True),
        (EXACT, 12_650, 12_649, False),
        (EXACT, 12_650, 12_651, False),
        (BELOW, 12_650, 12_650, True),
        (BELOW, 12_650, 100, True),
        (BELOW, 12_650, 99, False),
        (BELOW, 12_650, 12_651, False),
        (ABOVE, 12_650, 12_650, True),
        (ABOVE, 12_650, 99_999, True),
        (ABOVE, 12_650, 12_649, False),
        (ANY, 0, 100, True),
        (ANY, 12_650, 99, False),
        (ANY, 12_650, 99_999, True),
        (RANGE, 0, 100, True),
        (RANGE, 0, 500, True),
        (RANGE, 0, 99, False),
        (RANGE, 0, 501, False),
        (MULTIPLE, 0, 500, True),
        (MULTIPLE, 0, 1_500, True),
        (MULTIPLE, 0, 750, False),
        (MULTIPLE, 0, 0, False),
        (CHOICES, 0, 5_000, True),
        (CHOICES, 0, 10_000, True),
        (CHOICES, 0, 7_500, False),
    ],
)
def test_takes(rule: AmountRule, owed: int, amount: int, taken: bool) -> None:
    assert takes(rule, owed=owed, amount=amount) is taken


every_rule = st.sampled_from([EXACT, BELOW, ABOVE, RANGE, MULTIPLE, CHOICES, ANY])


@given(every_rule, st.integers(1, 10**9), st.integers(-(10**6), 0))
def test_nothing_or_less_is_never_taken(rule: AmountRule, owed: int, amount: int) -> None:
    assert not takes(rule, owed=owed, amount=amount)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("王小明", "王**"), ("欧阳小明", "欧阳**"), ("张", "张*"), ("", "*")],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("310100123456", "••••3456"), ("12345678", "••••5678"), ("123456", "••••456"),
        ("12", "••••2"), ("1", "••••"), ("", "••••"),
    ],
)  # fmt: skip
def test_mask_account(account: str, masked: str) -> None:
    assert mask_account(account) == masked
