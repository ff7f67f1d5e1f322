"""A chain on its way into the network: stages that its own host earns by what it really did, from
its name on record to its outlets taking cash. Nobody ticks one by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from cashlane.core.refusals import Refused
from cashlane.values.text import Text

Act = Literal["signed", "inquired", "paid", "repeated", "refused", "voided", "looked_up"]
"""What a chain's host was seen to do, with a key of its agent: it signed a request, asked what is
owed, paid, repeated a payment under its key, asked about a key that was refused, voided, looked a
receipt up."""
Stage = Literal[
    "named", "key", "signed", "listed", "inquired", "paid", "repeated", "refused", "voided",
    "looked_up", "certified", "switched_on",
]  # fmt: skip
Whose = Literal["operator", "chain", "two"]
"""Who has to do something for a stage: the operator, the chain, or two persons at the operator."""


class StageRule(Struct, frozen=True):
    """A stage: what it is called, whose it is, what earns it, and what to do for it."""

    name: Text
    whose: Whose
    earned_by: Text
    to_do: Text


RULES: Mapping[Stage, StageRule] = {
    "named": StageRule(
        Text("登记机构", "named"), "operator",
        Text("机构已登记在册", "its agent is on record"),
        Text("把机构写入网络章程", "put the agent into the network's charter"),
    ),
    "key": StageRule(
        Text("发放密钥", "key issued"), "operator",
        Text("有过一把本机构的密钥", "a key of the agent was made"),
        Text("发放密钥，只显示一次", "make a key; it is told once"),
    ),
    "signed": StageRule(
        Text("首次带密钥请求", "first signed request"), "chain",
        Text("收到过带本机构密钥的请求", "a request came with a key of the agent"),
        Text("带上密钥发一个请求", "send a request with the key"),
    ),
    "listed": StageRule(
        Text("网点在册", "outlets on record"), "operator",
        Text("至少有一个网点在册", "it has an outlet on record"),
        Text("导入网点清单，并由两人启用一个试办网点",
             "take its list of outlets, and let two persons switch one on for trials"),
    ),
    "inquired": StageRule(
        Text("查询欠费", "inquiry"), "chain",
        Text("一次查询得到了应缴金额", "an inquiry or a hold was answered with a bill"),
        Text("查询并占用一张账单", "ask what is owed on a bill, and hold it"),
    ),
    "paid": StageRule(
        Text("缴费", "payment"), "chain",
        Text("一笔缴费被受理", "a payment was accepted"),
        Text("收现金后缴费，请求号先存后发", "take the cash and pay; keep the key before sending"),
    ),
    "repeated": StageRule(
        Text("同号重发", "repeat with the same key"), "chain",
        Text("同一请求号、同一内容重发，得到原来的答复；换了内容的重发不算",
             "the same request under the same key was answered as before; another amount under"
             " that key earns nothing"),
        Text("原样重发刚才的缴费，请求号不变", "send that payment again, unchanged, same key"),
    ),
    "refused": StageRule(
        Text("看懂拒绝", "refusal understood"), "chain",
        Text("一笔缴费被拒绝后，按请求号问过结果", "after a payment was refused, its key was asked"
             " about and the refusal heard"),
        Text("少给一分钱缴一笔，被拒绝后按请求号查询：退还现金，另用新号",
             "pay with a coin too little; ask about the refused key: cash goes back, and the next"
             " try has a new key"),
    ),
    "voided": StageRule(
        Text("撤销", "void"), "chain",
        Text("一笔缴费的撤销被受理", "the void of a payment was accepted"),
        Text("同班次内撤销一笔缴费", "void a payment within the shift"),
    ),
    "looked_up": StageRule(
        Text("查收据", "receipt lookup"), "chain",
        Text("查到一笔已销账缴费的收据", "a confirmed payment was looked up with its receipt"),
        Text("查一笔缴费，等到明确结果", "look a payment up and wait for a definite word"),
    ),
    "certified": StageRule(
        Text("两人认证", "certified"), "two",
        Text("以上各项俱备，由两人批准", "all of the above, approved by two persons"),
        Text("由一人提出、另一人批准", "one person proposes it, another approves"),
    ),
    "switched_on": StageRule(
        Text("网点启用", "outlets switched on"), "two",
        Text("认证之后仍有网点启用", "certified, and outlets of it are on"),
        Text("由两人启用其网点", "two persons switch its outlets on"),
    ),
}  # fmt: skip
"""The stages in their order."""
ACTS: tuple[Act, ...] = (
    "signed", "inquired", "paid", "repeated", "refused", "voided", "looked_up",
)  # fmt: skip
"""What the host itself has to have done before anybody may certify it."""


class Deed(Struct, frozen=True):
    """The first time that a host did something: when, by which key, and what it was about (a
    payment, a key; "" where nothing)."""

    at: datetime
    key_name: str
    about: str


class Evidence(Struct, frozen=True):
    """What is stored of an agent. `key_since` is its first key's making, `listed_at` its first list
    of outlets; `outlets` and `enabled` are counts of now."""

    agent: int
    key_since: datetime | None
    listed_at: datetime | None
    outlets: int
    enabled: int
    on_since: datetime | None
    certified_at: datetime | None
    deeds: Mapping[Act, Deed]


class Earned(Struct, frozen=True):
    """A stage as it stands: `at` is None where it is earned and nobody wrote down when."""

    stage: Stage
    earned: bool
    at: datetime | None
    about: str


class Progress(Struct, frozen=True):
    """How far a chain has come; `next` is the first stage that is not earned, None at the end."""

    agent: int
    stages: tuple[Earned, ...]
    next: Stage | None

    @property
    def earned(self) -> int:
        """How many stages are."""
        return sum(one.earned for one in self.stages)


def progress(seen: Evidence) -> Progress:
    """What an agent's evidence amounts to."""
    stages = tuple(_stage(stage, seen) for stage in RULES)
    waiting = next((one.stage for one in stages if not one.earned), None)
    return Progress(seen.agent, stages, waiting)


def check_certifiable(seen: Evidence) -> Refused | None:
    """Whether two persons may certify it: its host has done everything that is its own to do."""
    if seen.certified_at is not None:
        return Refused("ONBOARDING_CERTIFIED")
    missing = next(
        (one.stage for one in progress(seen).stages if not one.earned and one.stage in _BEFORE),
        None,
    )
    if missing is None:
        return None
    return Refused("ONBOARDING_UNEARNED", {"stage": RULES[missing].name})


_BEFORE = frozenset(stage for stage, rule in RULES.items() if rule.whose != "two")
"""What must be earned before certification."""


def _stage(stage: Stage, seen: Evidence) -> Earned:
    match stage:
        case "named":
            return Earned(stage, True, None, "")
        case "key":
            return _dated(stage, seen.key_since)
        case "listed":
            return Earned(stage, seen.outlets > 0, seen.listed_at, "")
        case "certified":
            return _dated(stage, seen.certified_at)
        case "switched_on":
            return _switched_on(seen)
        case _:
            deed = seen.deeds.get(stage)
            return Earned(stage, True, deed.at, deed.about) if deed else _dated(stage, None)


def _dated(stage: Stage, at: datetime | None) -> Earned:
    return Earned(stage, at is not None, at, "")


def _switched_on(seen: Evidence) -> Earned:
    """Since it was certified, or since the first outlet was switched on after that."""
    certified = seen.certified_at
    if certified is None or not seen.enabled:
        return _dated("switched_on", None)
    return _dated("switched_on", max(certified, seen.on_since or certified))
