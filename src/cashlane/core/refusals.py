"""The one catalogue of refusals, in order: where several hold, the earliest is the answer.

A refusal is a value. It says what is wrong, where, and what to do now, in both languages; whether
the same request may be tried again; and what it means for cash on the counter.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text

Cash = Literal["not_taken", "taken", "unknown", "none"]
"""What a refusal says about cash on the counter."""


class Refusal(Struct, frozen=True):
    """One entry of the catalogue.

    `status` is the HTTP status; `retryable` says that the same request may succeed later.
    `stored` refusals were decided on a key and are answered again for it; the others leave the
    key unused. `cash` tells the till: "not_taken" - give the cash back; "taken" - it stays where
    it is; "unknown" - a payment may come of it, so ask again; "none" - this answer is about no
    cash, and what was known of any before it still holds.
    """

    number: int
    code: str
    status: int
    retryable: bool
    stored: bool
    cash: Cash
    sentence: Text


class Refused(Struct, frozen=True):
    """A refusal with the values for the marked places of its sentence, bilingual where words."""

    code: str
    places: Mapping[str, str | int | Text] = {}

    @property
    def entry(self) -> Refusal:
        """The catalogue's entry."""
        return CATALOGUE[self.code]

    def sentence(self) -> Text:
        """The sentence to show, filled."""
        return self.entry.sentence.fill(**self.places)


class Stored(Struct, frozen=True, array_like=True):
    """A refusal as a decided ask keeps it."""

    code: str
    places: dict[str, str | int | Text]


_ROWS: tuple[tuple[str, int, bool, bool, str, str], ...] = (
    # -- at the door: nothing was decided, the key stays unused ------------------------------
    ("MALFORMED", 400, False, False,
     "请求格式不正确：{what}。请按接口说明更正后重发。",
     "The request cannot be read: {what}. Correct it as the interface says and send it again."),
    ("KEY_MISSING", 400, False, False,
     "缺少请求号（Idempotency-Key）或其不是 UUID。请由收银机生成并保存请求号后重发。",
     "The Idempotency-Key header is missing or is no UUID. Make a key, store it, and send again."),
    ("UNAUTHENTICATED", 401, False, False,
     "未提供有效的访问密钥。请检查收银机或总部系统的密钥设置。",
     "No valid key was given. Check the key set up at this till or head office."),
    ("TOO_MANY_TRIES", 429, True, False,
     "尝试次数过多。请 {seconds} 秒后再试；忘记密码或 PIN 请找管理员重设。",
     "Too many tries. Try again in {seconds} s; if it is forgotten, ask your lead for a new one."),
    ("TILL_NOT_ENROLLED", 401, False, False,
     "本收银机未登记或登记已失效。请由机构文员重新登记本机。",
     "This till is not enrolled, or no longer. Ask your company's clerk to enrol it again."),
    ("LOGIN_REFUSED", 401, False, False,
     "登录名或密码不正确。请核对后重新输入。",
     "The login or the password is wrong. Check both and type them again."),
    ("PIN_REFUSED", 401, False, False,
     "登录名或 PIN 不正确，或您不属于本网点。请核对后在所属网点的收银机重试。",
     "The login or the PIN is wrong, or is not of this outlet. Check both, at a till of your own."),
    ("SESSION_ENDED", 401, False, False,
     "登录已结束。请重新登录后继续。",
     "The session has ended. Log in again to go on."),
    ("FORBIDDEN", 403, False, False,
     "您的角色不能做此操作。请由有权限的人员办理。",
     "Your role may not do this. Ask someone whose role allows it."),
    ("NOT_FOUND", 404, False, False,
     "没有找到{what}。请核对编号。",
     "There is no such {what}. Check the number."),
    ("PAYMENT_ARCHIVED", 409, False, False,
     "该笔缴费所在月份已归档，不能再更改。请向网络提出，由人工另行处理。",
     "The month of this payment is archived, and nothing changes it now. Tell the network: a person"
     " settles it otherwise."),
    ("ARCHIVE_AWAY", 503, True, False,
     "该笔缴费所在月份已归档，归档文件暂时读不到。请稍后再查。",
     "The month of this payment is archived, and the archive cannot be read now. Ask again later."),
    ("SCHEMA", 422, False, False,
     "请求内容有 {count} 处不符合要求，见 errors。请逐项更正后重发。",
     "{count} parts of the request are not as required; see errors. Correct each and send again."),
    ("OUTCOME_UNKNOWN", 503, True, False,
     "暂时无法确认结果。请勿退还现金，{seconds} 秒后用同一请求号再问。",
     "The outcome cannot be told now. Keep the cash; ask again with the same key in {seconds} s."),
    ("DEFECT", 500, True, False,
     "程序出错，无法确认结果。请勿退还现金，{seconds} 秒后用同一请求号再问；再次出错请报修。",
     "This program failed. Keep the cash; ask again with the same key in {seconds} s, then report"
     " it."),
    # -- people and their doors -----------------------------------------------------------------
    ("LOGIN_FORM", 422, False, False,
     "登录名须为 2 至 32 位小写字母、数字、点或短横，以字母开头。请更改。",
     "A login has 2 to 32 small letters, digits, dots or dashes, a letter first. Change it."),
    ("PASSWORD_LENGTH", 422, False, False,
     "密码须为 {least} 至 {most} 个字符。请换一个。",
     "A password has {least} to {most} characters. Choose another."),
    ("PIN_FORM", 422, False, False,
     "PIN 须为 {least} 至 {most} 位半角数字。请换一个。",
     "A PIN has {least} to {most} digits. Choose another."),
    ("PASSWORD_WEAK", 422, False, False,
     "这个密码或 PIN 太容易被猜到。请换一个不含登录名、不成规律的。",
     "This password or PIN is guessed too easily. Choose one without your login or a pattern."),
    ("ROLE_UNFIT", 409, False, False,
     "角色 {role} 不能授予 {login}：与其所属单位或已有角色不符。请核对人员与角色。",
     "Role {role} cannot be given to {login}: it fits neither place nor other roles. Check both."),
    ("PASSWORD_STANDS", 409, False, False,
     "{login} 已有密码。请先由两人审批收回旧密码（user_password），再发新密码。",
     "{login} has a password. Two people must take it away first (user_password), then give one."),
    ("LOGIN_TAKEN", 409, False, False,
     "登录名 {login} 已有人使用。请换一个。",
     "The login {login} is taken. Choose another."),
    # -- two persons ------------------------------------------------------------------------------
    ("APPROVAL_TIMES", 422, False, False,
     "时间不合规则：须提前 {lead_days} 天提出，并在 {open_days} 天内、生效之前审批。请更正时间。",
     "Propose it {lead_days} days ahead, to be decided in {open_days} days. Correct the times."),
    ("OWN_PROPOSAL", 403, False, False,
     "不能审批自己提出的事项。请由另一位有权限的人员审批。",
     "You proposed this, so another must decide it. Ask someone else whose role allows it."),
    ("OWN_MATTER", 403, False, False,
     "该事项涉及您本人，不能由您提出或审批。请由其他人员办理。",
     "This is about yourself; you can neither propose nor decide it. Ask someone else."),
    ("ALREADY_DECIDED", 409, False, False,
     "该事项已有审批结果。请刷新查看。",
     "This was decided already. Refresh to see how."),
    ("APPROVAL_EXPIRED", 409, False, False,
     "该事项已过审批期限。如仍需要，请重新提出。",
     "Nobody decided this in time. Propose it again if it is still wanted."),
    ("NOT_APPROVED", 409, False, False,
     "该事项尚未获批准，不能生效。请先由另一人审批。",
     "This is not approved and cannot take effect. Another person has to approve it first."),
    ("NOT_YET_EFFECTIVE", 409, True, False,
     "该事项已批准，将于 {when} 生效。请届时查看。",
     "This is approved and takes effect at {when}. Look again then."),
    # -- the coverage guard -----------------------------------------------------------------------
    ("GUARD_STALE", 409, False, False,
     "评估之后网点情况已变，或评估已过期。请重新评估后再决定。",
     "The network has changed since this assessment, or it is too old. Assess again, then decide."),
    ("GUARD_BLOCKED", 409, False, False,
     "不得办理：{why}。{people} 人将走远路，其中 65 岁以上 {elders} 人，{stranded} 人走不到。"
     "请先提供替代。",
     "Blocked: {why}. It becomes far for {people} people, {elders} of them 65 or more, and"
     " {stranded} cannot get there. Provide something instead first."),
    ("GUARD_REASON", 422, False, False,
     "有人受影响，须写明理由（不超过 {most} 字）。请写明后再提交。",
     "People are affected, so a reason is needed ({most} letters at most). Write it, then send."),
    # -- lost service and its return --------------------------------------------------------------
    ("RESTORATION_CLOSED", 409, False, False,
     "该恢复事项已结束，只能更正已登记的内容。请更正，或另开新的事项。",
     "This case is over and takes corrections only. Correct what was said, or open another case."),
    ("RESTORATION_CORRECTS", 409, False, False,
     "要更正的内容不存在、已被更正，或与此不是同一类。请刷新后重选。",
     "What this corrects is not there, was corrected already, or is of another kind. Refresh and"
     " choose again."),
    ("RESTORATION_DAY", 422, False, False,
     "日期不合：{why}。请更正日期。",
     "The day does not fit: {why}. Correct the day."),
    ("RESTORATION_COUNT", 422, False, False,
     "{what}为 {count}，应在 {least} 至 {most} 之间。请更正。",
     "{what}: {count}, which must lie between {least} and {most}. Correct it."),
    ("RESTORATION_NOTE", 422, False, False,
     "仍有 {out} 个网点未恢复，结束时须写明其去向。请填写备注。",
     "{out} outlets are still out: say in the note what becomes of them, then close it."),
    ("RESTORATION_ORDER", 409, False, False,
     "“{late}”（{late_day}）不能早于“{early}”（{early_day}）。请更正其中一个日期。",
     "\"{late}\" ({late_day}) cannot come before \"{early}\" ({early_day}). Correct one of the"
     " days."),
    ("RESTORATION_OVERLAP", 409, False, False,
     "该机构在 {day} 已有 {out} 个网点列为停收，至多还能列入 {left} 个。请核对网点或更正已有事项。",
     "On {day} {out} outlets of this agent are out already; at most {left} more can be meant. Check"
     " the outlets, or correct the other case."),
    ("COVERAGE_COUNTING", 503, True, False,
     "覆盖情况正在重新测算。请过几秒再试。",
     "The coverage is being counted anew. Try again in some seconds."),
    ("COVERAGE_NOBODY", 409, False, False,
     "还没有居民分布清单，无法评估影响。请先用 cashlane demand import 载入。",
     "Nobody has said where people live, so nothing can be assessed. Load a list by"
     " `cashlane demand import` first."),
    # -- a chain on its way in --------------------------------------------------------------------
    ("ONBOARDING_UNEARNED", 409, False, False,
     "该机构还没有做到“{stage}”，不能认证。请让其主机先做到。",
     "This chain has not earned \"{stage}\" yet, so it cannot be certified. Let its host do it."),
    ("ONBOARDING_CERTIFIED", 409, False, False,
     "该机构已经认证。无须再提。",
     "This chain is certified already. There is nothing to propose."),
    # -- the key ------------------------------------------------------------------------------
    ("KEY_REUSED", 422, False, False,
     "该请求号已用于另一笔内容不同的请求。新的缴费请用新的请求号。",
     "This key was used for a request with other content. Use a new key for a new payment."),
    ("KEY_RUNNING", 409, True, False,
     "该请求号的请求正在处理。请稍候用同一请求号再问。",
     "A request with this key is being decided. Ask again with the same key in a moment."),
    # -- reading the paper ---------------------------------------------------------------------
    ("NOT_A_CODE", 409, False, False,
     "这不是可识别的账单条码。请重新扫描，或改按户号输入。",
     "This is not a bill code that is known here. Scan again, or type the account number."),
    ("NOT_ASCII_DIGITS", 409, False, False,
     "输入中含有全角数字。请切换到半角输入后重试。",
     "There are full-width digits in it. Switch to half-width input and try again."),
    ("CODE_TOO_LONG", 409, False, False,
     "条码过长。请一次只扫描一个条码。",
     "The code is too long. Scan one code at a time."),
    ("CODE_WRONG_LENGTH", 409, False, False,
     "条码位数不对，可能没有扫全。请重新扫描完整条码。",
     "The code has the wrong length; part of it may be missing. Scan the whole code again."),
    ("CHECK_DIGIT_WRONG", 409, False, False,
     "条码校验位不符。请重新扫描；若再次失败，请按纸面户号输入。",
     "The check digit is wrong. Scan again; if it fails again, type the account from the paper."),
    ("BAD_AMOUNT", 409, False, False,
     "条码中的金额不合规则。请按纸面户号输入。",
     "The amount in the code is not one. Type the account from the paper instead."),
    ("BAD_DATE", 409, False, False,
     "条码中的日期不存在。请重新扫描，或向收费单位索取新账单。",
     "The date in the code does not exist. Scan again, or ask the biller for a new bill."),
    ("UNKNOWN_ISSUER", 409, False, False,
     "条码中的收费单位未接入本网络。请按纸面指引到该单位缴费。",
     "The issuer in the code is not part of this network. Pay as the paper says."),
    ("TWO_LAYOUTS_CLAIM", 409, False, False,
     "该条码可作多种解读。请选择收费单位并按户号输入。",
     "The code can be read in more than one way. Choose the biller and type the account."),
    ("ACCOUNT_FORM", 409, False, False,
     "户号应为 {least} 至 {most} 位数字。请按纸面核对后重新输入。",
     "The account number has {least} to {most} digits. Check the paper and type it again."),
    # -- may this counter take it ---------------------------------------------------------------
    ("UNKNOWN_BILLER", 409, False, False,
     "没有编号为 {biller} 的收费单位。请核对收费单位编号。",
     "There is no biller {biller}. Check the biller's code."),
    ("OUTLET_SUSPENDED", 409, False, True,
     "本网点已暂停代收。请到附近其他网点缴费。",
     "This outlet is suspended. Please pay at another outlet nearby."),
    ("SERVICE_WITHDRAWN", 409, False, True,
     "本网点不再代收{biller}账单。请到附近其他网点缴费。",
     "This outlet no longer takes bills of {biller}. Please pay at another outlet nearby."),
    ("NO_CONTRACT", 409, False, True,
     "本机构未与{biller}签约代收。请到其他网点缴费。",
     "This agent has no contract with {biller}. Please pay at another outlet."),
    ("BILLER_NOTICE", 409, True, True,
     "{biller}暂停受理：{sentence}",
     "{biller} is not taking payments now: {sentence}"),
    ("WINDOW_CLOSED", 409, True, True,
     "{biller}的受理时间为 {windows}，现在是 {now}。请在受理时间内再来。",
     "{biller} takes payments {windows}; it is {now} now. Please come back within these hours."),
    ("NO_ROUTE", 409, True, True,
     "通往{biller}的通道目前都不可用（{why}）。请稍后再来，或到其他网点缴费。",
     "No way to {biller} is open now ({why}). Please come back later, or pay elsewhere."),
    ("STAND_IN_LARGE", 409, True, True,
     "通往{biller}的通道目前不可用，代受理单笔最多 {most}。请稍后再来，或到其他网点缴费。",
     "No way to {biller} is open, and up to {most} is stood in for. Come later, or pay elsewhere."),
    ("STAND_IN_FULL", 409, True, True,
     "通往{biller}的通道目前不可用，代受理额度已满。请稍后再来，或到其他网点缴费。",
     "No way to {biller} is open, and no more is stood in for now. Come later, or pay elsewhere."),
    # -- what is owed ---------------------------------------------------------------------------
    ("INQUIRY_BUSY", 429, True, False,
     "{biller}的查询已达每分钟上限，请 {seconds} 秒后再试。",
     "{biller}'s limit of inquiries a minute is reached. Try again in {seconds} seconds."),
    ("NETWORK_BUSY", 429, True, False,
     "本网络此刻排队过长。没有收取任何款项，请 {seconds} 秒后再试。",
     "The network's queue is too long at the moment. Nothing was taken; try again in {seconds} s."),
    ("DESK_SILENT", 409, True, False,
     "{biller}没有回答查询。没有收取任何款项，请稍后再试。",
     "{biller} did not answer the inquiry. Nothing was taken; try again later."),
    ("NO_SUCH_ACCOUNT", 409, False, False,
     "{biller}没有户号 {account}。请按纸面核对户号。",
     "{biller} knows no account {account}. Check the number against the paper."),
    ("NOTHING_OWED", 409, False, False,
     "户号 {account} 目前没有欠费，不必缴费。",
     "Nothing is owed on account {account}; there is nothing to pay."),
    ("NO_SUCH_BILL", 409, False, False,
     "户号 {account} 下没有这张账单。请重新查询后选择账单。",
     "There is no such bill on account {account}. Inquire again and choose a bill."),
    ("BILL_CHANGED", 409, True, False,
     "账单金额已由 {printed} 变为 {owed}。请按新金额向顾客确认。",
     "The bill's amount changed from {printed} to {owed}. Confirm the new one with the customer."),
    ("BILL_CHOICE", 409, False, False,
     "户号 {account} 下有 {count} 张账单。请指明其中一张（bill_ref）。",
     "There are {count} bills on account {account}. Name one of them by its bill_ref."),
    ("AMOUNT_MISSING", 409, False, False,
     "这张账单的条码不含金额。请在 amount 中写明要缴的金额。",
     "The code of this bill carries no amount. Say in `amount` what is to be paid."),
    ("CURRENCY_WRONG", 409, False, False,
     "币种应为 {wanted}，收到的是 {given}。请用 {wanted} 缴费。",
     "The currency must be {wanted}, not {given}. Pay in {wanted}."),
    ("AMOUNT_NOT_TAKEN", 409, False, True,
     "{biller}不接受这个金额：应缴 {owed}，请求 {amount}。请按应缴金额收取。",
     "{biller} does not take this amount: owed {owed}, asked {amount}. Take the amount owed."),
    ("AMOUNT_TOO_LARGE", 409, False, True,
     "单笔最多 {most}，这张账单为 {amount}。请到银行柜台缴费。",
     "One payment may be {most} at most; this bill is {amount}. Please pay at a bank counter."),
    # -- the claim ------------------------------------------------------------------------------
    ("BILL_PAID", 409, False, True,
     "这张账单已于 {when} 在{where}缴清，请勿再收现金。",
     "This bill was paid at {when} at {where}. Do not take cash again."),
    ("BILL_HELD", 409, True, False,
     "另一柜台正在为这张账单收款，还剩 {seconds} 秒。请勿收现金，稍后再试。",
     "Another counter is taking cash for this bill, {seconds} seconds left. Take none; try later."),
    # -- the payment ----------------------------------------------------------------------------
    ("HOLD_UNREADABLE", 409, False, False,
     "占用凭证无效或已被改动。请重新查询账单。",
     "The hold is not one that this network signed. Inquire again."),
    ("ABANDONED", 409, False, True,
     "该请求号已被放弃，没有收款。请把现金退给顾客，用新请求号重来。",
     "This key was abandoned; nothing was taken. Give the cash back and start with a new key."),
    ("HOLD_BURNT", 409, False, True,
     "占用已过期，账单已变或已被他人占用。请把现金退给顾客并重新查询。",
     "The hold lapsed and the bill has changed or is taken. Give the cash back; inquire again."),
    ("HOLD_USED", 409, False, True,
     "该占用已用于另一笔缴费。请查询该笔结果，勿再收款。",
     "This hold was used by another payment. Look that payment up; take no more cash."),
    ("DAY_CLOSED", 409, True, False,
     "营业日正在日切。请稍候用同一请求号再试。",
     "The business day is being cut. Try again with the same key in a moment."),
    ("TENDERED_SHORT", 409, False, True,
     "收到现金 {tendered}，应收 {due}，还差 {short}。请补足或退回现金。",
     "{tendered} was tendered for {due}; {short} is missing. Take the rest or give the cash back."),
    ("DRAWER_FULL", 409, False, True,
     "本网点现金已近上限（{most}）。请先解款；这笔现金请退给顾客。",
     "The drawer is at its limit ({most}). Bank the cash first; give this cash back."),
    # -- undoing --------------------------------------------------------------------------------
    ("VOID_OTHER_SHIFT", 409, False, True,
     "只能在同一收银机、同一班次内撤销。请按退款办理。",
     "A void is possible only at the same till in the same shift. Ask for a refund instead."),
    ("VOID_AFTER_CUT", 409, False, True,
     "已过日切，不能撤销。请按退款办理。",
     "The business day was cut; it is too late to void. Ask for a refund instead."),
    ("VOID_UNSUPPORTED", 409, False, True,
     "承运通道不支持撤销。请按退款办理。",
     "The route that carried the payment cannot void. Ask for a refund instead."),
    ("VOID_STATE", 409, False, True,
     "该笔缴费现为“{state}”，不能撤销。",
     "The payment is {state}; it cannot be voided."),
    ("RETURN_STATE", 409, False, True,
     "该笔缴费现为“{state}”，不能退还现金。",
     "The payment is {state}; its cash must not be handed back."),
    ("RETURN_REFUND", 409, False, True,
     "该笔已出具受理单或已转退款，请凭受理单按退款办理。",
     "A slip was given for it or a refund is due; hand the cash out as a refund."),
)  # fmt: skip


def _catalogue() -> dict[str, Refusal]:
    """Number the rows in their order: the number is what a stored ask keeps."""
    return {
        code: Refusal(number, code, status, retryable, stored, _cash(code, stored), Text(zh, en))
        for number, (code, status, retryable, stored, zh, en) in enumerate(_ROWS, start=1)
    }


def _cash(code: str, stored: bool) -> Cash:
    """Only what is stored under a key proves that its cash was not taken."""
    if code in _CASH_TAKEN:
        return "taken"
    if code in _MAY_BE_TAKEN:
        return "unknown"
    return "not_taken" if stored else "none"


_CASH_TAKEN = frozenset({"VOID_OTHER_SHIFT", "VOID_AFTER_CUT", "VOID_UNSUPPORTED", "VOID_STATE"}
    | {"RETURN_STATE", "RETURN_REFUND", "HOLD_USED", "PAYMENT_ARCHIVED"})  # fmt: skip
_MAY_BE_TAKEN = frozenset(
    {"OUTCOME_UNKNOWN", "DEFECT", "KEY_REUSED", "KEY_RUNNING", "DAY_CLOSED", "ARCHIVE_AWAY"}
)  # fmt: skip
"""Under this key a payment may stand or be made at this moment: the cash stays where it is."""

CATALOGUE: dict[str, Refusal] = _catalogue()


def first(refusals: list[Refused]) -> Refused | None:
    """The one that the catalogue's order puts first; None where there is none."""
    return min(refusals, key=lambda refused: refused.entry.number, default=None)
