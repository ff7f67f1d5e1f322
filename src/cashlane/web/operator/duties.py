"""How roles, proposals and what was done to accounts are named and told to one person."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from msgspec import Struct

from cashlane.core.approval import Approval, Kind, State
from cashlane.core.roles import Person, Role
from cashlane.people.role_changes import PasswordAway, RoleChange
from cashlane.registry.onboarding import Certification
from cashlane.registry.stand_in import StandInChange
from cashlane.registry.switching_on import SwitchingOn
from cashlane.store.people import What
from cashlane.values.text import Text
from cashlane.web.operator.show import Show, StateShown, Tone

ROLES: Mapping[Role, Text] = {
    Role.CASHIER: Text("收银员", "Cashier"),
    Role.OUTLET_LEAD: Text("网点班长", "Outlet lead"),
    Role.AGENT_CLERK: Text("机构文员", "Agent clerk"),
    Role.OPERATOR: Text("运营员", "Operator"),
    Role.OPERATOR_LEAD: Text("运营主管", "Operator lead"),
    Role.AUDITOR: Text("审计员", "Auditor"),
    Role.REGULATOR: Text("监管员", "Regulator"),
    Role.ADMIN: Text("管理员", "Administrator"),
}
KINDS: Mapping[Kind, Text] = {
    Kind.FEE_SCHEDULE: Text("手续费表", "Fee schedule"),
    Kind.SUSPEND_OUTLET: Text("暂停网点", "Suspend an outlet"),
    Kind.RESTORE_OUTLET: Text("恢复网点", "Restore an outlet"),
    Kind.CERTIFY_AGENT: Text("认证机构", "Certify a chain"),
    Kind.DRAWER_LIMIT: Text("抽屉上限", "Drawer limit"),
    Kind.STAND_IN: Text("代受理", "Stand in for a route"),
    Kind.USER_ROLE: Text("人员角色", "A person's role"),
    Kind.USER_PASSWORD: Text("收回密码", "Take a password away"),
}
STANDINGS: Mapping[State, tuple[Text, Tone, str]] = {
    State.PROPOSED: (Text("待审批", "Waits for a decision"), "doubt", "?"),
    State.APPROVED: (Text("已批准，待生效", "Approved, not yet in effect"), "doubt", "➔"),
    State.REJECTED: (Text("已驳回", "Rejected"), "not", "✕"),
    State.EXPIRED: (Text("已过期", "Expired"), "quiet", "⟲"),
    State.APPLIED: (Text("已生效", "In effect"), "paid", "✓"),
}
EVENTS: Mapping[What, Text] = {
    "made": Text("建立账号", "Account made"),
    "password_issued": Text("发放密码", "Password issued"),
    "password_changed": Text("更改密码", "Password changed"),
    "password_taken": Text("收回密码", "Password taken away"),
    "pin_issued": Text("发放 PIN", "PIN issued"),
    "pin_changed": Text("更改 PIN", "PIN changed"),
    "rehashed": Text("密码换存法", "Word stored anew"),
    "disabled": Text("停用", "Locked"),
    "enabled": Text("恢复", "Let in again"),
}


class Told(Struct, frozen=True):
    """A proposal as somebody reads it: what is wanted in a sentence, why, and by whom."""

    approval: Approval
    standing: StateShown
    kind: str
    what: str
    why: str
    by: str
    decided_by: str | None


def told(show: Show, approval: Approval, logins: Mapping[UUID, str]) -> Told:
    """A proposal in this person's language."""
    name, tone, sign = STANDINGS[approval.state(show.now)]
    what, why = _wanted(show, approval, logins)
    decision = approval.decision
    return Told(
        approval,
        StateShown(show.say(name), tone, sign),
        show.say(KINDS[approval.kind]),
        what,
        why,
        logins[approval.proposed_by],
        None if decision is None else logins[decision.by],
    )


def _wanted(show: Show, approval: Approval, logins: Mapping[UUID, str]) -> tuple[str, str]:
    """What is wanted and why; what is about no person is shown as it was written down."""
    match approval.kind:
        case Kind.USER_ROLE:
            change = msgspec.convert(approval.body, RoleChange)
            sentence = _GIVE if change.held else _TAKE
            filled = sentence.fill(login=logins[change.user], role=ROLES[change.role])
            return show.say(filled), change.reason
        case Kind.USER_PASSWORD:
            away = msgspec.convert(approval.body, PasswordAway)
            return show.say(_AWAY.fill(login=logins[away.user])), away.reason
        case Kind.STAND_IN:
            bounds = msgspec.convert(approval.body, StandInChange)
            return show.say(_stood_in(show, bounds)), bounds.reason
        case Kind.RESTORE_OUTLET:
            on = msgspec.convert(approval.body, SwitchingOn)
            return show.say(_switched_on(on)), on.reason
        case Kind.CERTIFY_AGENT:
            chain = msgspec.convert(approval.body, Certification)
            return show.say(_CERTIFY.fill(agent=chain.agent)), chain.reason
        case _:
            return msgspec.json.encode(approval.body).decode(), ""


def _stood_in(show: Show, wanted: StandInChange) -> Text:
    """The bounds in figures; without billers it is switched off."""
    if not wanted.billers:
        return _STAND_IN_OFF
    amounts = {name: show.money(getattr(wanted, name)) for name in _BOUNDS}
    hours = f"{wanted.outage_most_s / 3600:g}"
    return _STAND_IN_ON.fill(billers=", ".join(wanted.billers), hours=hours, **amounts)


def _switched_on(wanted: SwitchingOn) -> Text:
    """The first outlets by their codes, and how many there are."""
    named = ", ".join(wanted.outlets[:_NAMED])
    more = len(wanted.outlets) - _NAMED
    sentence = _ON_MORE if more > 0 else _ON
    return sentence.fill(since=wanted.since.isoformat(), named=named, count=len(wanted.outlets))


_NAMED = 5
_ON = Text("自 {since} 起启用：{named}", "Switch on from {since}: {named}")
_ON_MORE = Text(
    "自 {since} 起启用 {count} 个网点：{named} 等",
    "Switch on {count} outlets from {since}: {named}, …",
)
_CERTIFY = Text("认证机构：{agent}", "Certify the chain: {agent}")
_BOUNDS = ("payment_most", "till_most", "outlet_most", "agent_most", "biller_most")
_STAND_IN_OFF = Text("停止代受理", "Stand in for nobody")
_STAND_IN_ON = Text(
    "通道不通时为 {billers} 代受理：单笔 {payment_most}，收银机 {till_most}，网点 {outlet_most}，"
    "机构 {agent_most}，收费单位 {biller_most}，最长 {hours} 小时",
    "Stand in for {billers} while no way is open: a payment {payment_most}, a till {till_most}, an"
    " outlet {outlet_most}, an agent {agent_most}, a biller {biller_most}, at most {hours} h",
)


_GIVE = Text("授予 {login} 角色：{role}", "Give {login} the role: {role}")
_TAKE = Text("撤去 {login} 的角色：{role}", "Take from {login} the role: {role}")
_AWAY = Text("收回 {login} 的密码", "Take away the password of {login}")


def place_of(show: Show, person: Person) -> str:
    """Where somebody works."""
    if person.outlet is not None:
        return f"{show.outlet(person.outlet)} {show.outlet_code(person.outlet)}"
    return show.t("全网", "The network") if person.agent is None else show.agent(person.agent)
