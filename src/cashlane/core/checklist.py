"""The words of the checklist: what each check tries, what to do where it is not earned.

Also the names of kinds and claims, so that a partner's engineer reads sentences and not our code.
"""

from collections.abc import Mapping

from cashlane.core.conformance import Flag, Kind
from cashlane.core.rulings import CheckName, Verdict
from cashlane.values.text import Text

VERDICTS: Mapping[Verdict, Text] = {
    Verdict.EARNED: Text("通过", "earned"),
    Verdict.NOT_EARNED: Text("未证实", "not earned"),
    Verdict.FAILED: Text("不通过", "failed"),
}

TRIED: Mapping[CheckName, Text] = {
    "plain": Text("缴几张账单并查询结果", "pay some bills and ask what became of them"),
    "repeat": Text("同一编号连发两次", "send one id twice, one after the other"),
    "copies": Text("同一编号同时发五份", "send one id five times at the same moment"),
    "repeat_late": Text("过一天再发同一编号", "send one id again a day later"),
    "other_amount": Text("同一编号改金额再发", "send one id again with another amount"),
    "other_bill": Text("同一编号改账单再发", "send one id again for another bill"),
    "two_ids": Text("一张账单用两个编号各缴一次", "pay one bill twice, under two ids"),
    "answer_lost": Text(
        "应答丢失、中断或迟到，然后查询", "lose, break and delay the answer, then enquire"
    ),
    "request_lost": Text("请求丢失或中断，然后查询", "lose and break the request, then enquire"),
    "request_late": Text(
        "请求在线上滞留，发送方放弃后才送达", "hold the request until its sender has given up"
    ),
    "never_sent": Text("查询从未发过的编号", "enquire about an id that was never sent"),
    "not_found_in_time": Text(
        "宽限期内外反复查询", "keep asking through the grace period and beyond"
    ),
    "no_line": Text("连接被拒时发送", "send while nobody listens"),
    "void": Text("撤销两次，再查询，再发", "void twice, enquire, send again"),
    "void_lost": Text("撤销的应答丢失，再撤销", "lose the answer to a void, void again"),
    "void_unknown": Text("撤销从未发过的编号", "void an id that was never sent"),
    "unknown_account": Text("缴不存在的户号", "pay for an account that does not exist"),
    "wrong_amount": Text("金额不符，再按原额缴", "pay a wrong amount, then the right one"),
    "already_paid": Text("缴已缴清的账单", "pay a bill that is paid already"),
    "closed": Text("缴停收的账单", "pay a bill that is closed"),
    "shut": Text("经停办的业务缴好账单", "pay good bills by a way that is shut"),
    "message_size": Text("一条报文里的笔数逐步增加", "more and more payments in one message"),
    "rate": Text("每秒笔数逐步增加", "more and more payments a second"),
    "speed": Text("线路正常时的应答时间", "how long answers take on a whole line"),
    "consistent": Text("同一笔的所有答复是否一致", "whether all answers about one payment agree"),
    "statement": Text("对账单与应答是否一致", "whether the statement agrees with the answers"),
    "business_date": Text("对账单上的账务日", "the business date in the statement"),
}

_STATEMENT = Text(
    "在对账单里给出每一笔：编号、金额、结果；没有对账单就没有人看见重复入账。",
    "Show every payment in the statement: id, amount, result; without it nobody sees a double"
    " posting.",
)
_SAME_ID = Text(
    "用唯一约束保存付款编号，重复的编号回答第一次的结果，永不再次入账。",
    "Keep the payment id under a unique constraint; answer a repeat with the first result and"
    " never post it again.",
)
_REFUSAL = Text(
    "拒绝时不得入账；若该码并不证明未入账，请不要申报它。",
    "A refusal must post nothing; do not claim a code that does not prove it.",
)
_VOID = Text(
    "撤销按付款编号幂等：重复撤销回答已撤销，撤销后同一编号不再入账；做不到就不要申报。",
    "Make voids repeatable by payment id: undone stays undone, also when the id is sent again; or"
    " do not claim voids.",
)

TO_DO: Mapping[CheckName, Text] = {
    "plain": Text(
        "检查地址、密钥、可缴账单是否真的可缴。",
        "Check the address, the secret, and that the payable bills of the sheet can be paid.",
    ),
    "repeat": _SAME_ID,
    "copies": _SAME_ID,
    "repeat_late": Text(
        "付款编号不得过期；若是时间未到，次日用 --again 续做。",
        "Payment ids must not expire; where the day has not passed yet, run again tomorrow with"
        " --again.",
    ),
    "other_amount": Text(
        "编号相同而内容不同，应拒绝或回答第一次的结果。",
        "Same id, other content: refuse it, or answer with the first result.",
    ),
    "other_bill": Text(
        "按付款编号去重，而不是按账单。", "Recognise a repeat by its payment id, not by its bill."
    ),
    "two_ids": Text(
        "账单已缴时，别的编号要以“已缴”码拒绝。",
        "Refuse a second id for a paid bill with the code for already paid.",
    ),
    "answer_lost": Text(
        "先落账再应答，并让查询读到已落的账。",
        "Post before answering, and let an enquiry see what was posted.",
    ),
    "request_lost": Text(
        "没收到的付款要答查无，不得答成功。",
        "Say not found about what never arrived, and never success.",
    ),
    "request_late": Text(
        "迟到的请求也要么入账并可查到，要么拒绝。",
        "Post a late request so that it is found, or refuse it.",
    ),
    "never_sent": Text(
        "从未收到的编号应稳定地答查无。", "Answer not found, always, about an id never received."
    ),
    "not_found_in_time": Text(
        "收到即可查到；否则把 grace_s 申报为最晚时间的两倍以上，并给出对账单。",
        "Make a payment findable once received; or claim a grace_s of twice the latest time, and"
        " show a statement.",
    ),
    "no_line": Text(
        "没有连接就不可能入账：检查是否有别的来源。",
        "Nothing can be posted without a connection: look for another source of it.",
    ),
    "void": _VOID,
    "void_lost": _VOID,
    "void_unknown": _VOID,
    "unknown_account": _REFUSAL,
    "wrong_amount": _REFUSAL,
    "already_paid": _REFUSAL,
    "closed": _REFUSAL,
    "shut": Text(
        '在沙箱里停办一家收费单位，列出它的两张以上好账单（because = "shut"）；'
        "停办用的码不得入账，也不得用来说账单本身的毛病。",
        "Shut one biller in the sandbox and list two good bills of it or more (because ="
        ' "shut"); its code must post nothing and never speak of a bill\'s own fault.',
    ),
    "message_size": Text(
        "申报实际能整条答复的笔数。", "Claim the number of payments that you answer whole."
    ),
    "rate": Text("申报实际能及时答复的速率。", "Claim the rate at which you still answer in time."),
    "speed": Text(
        "收到后及时应答，或申报真实的 answer_within_ms；柜台上有人在等。",
        "Answer sooner, or name the true answer_within_ms; somebody waits at a counter.",
    ),
    "consistent": Text(
        "一笔只有一个结果：应答、查询、对账单读同一处。",
        "One payment, one result: read answer, enquiry and statement from one place.",
    ),
    "statement": _STATEMENT,
    "business_date": Text(
        "日切不同不妨碍接入，但要写进合同，对账时错后一日勾对。",
        "Another cut-off is no obstacle: put it into the contract, reconciliation matches it a day"
        " later.",
    ),
}

FLAGS: Mapping[Flag, Text] = {
    "dedups_by_payment_id": Text("按编号去重", "recognises a repeated id"),
    "not_found_final": Text("查无可作定论", "not found is final"),
    "answers_status": Text("答复查询", "answers enquiries"),
    "voids": Text("可撤销", "undoes on the same day"),
    "not_posted_codes": Text("证明未入账的码", "codes that prove nothing was posted"),
    "shut_codes": Text("表示通道停办的码", "codes that say that the way is shut"),
    "grace_s": Text("宽限秒数", "grace in seconds"),
    "per_message": Text("每条报文笔数", "payments in a message"),
    "per_second": Text("每秒笔数", "payments a second"),
}

KINDS: Mapping[Kind, Text] = {
    "idempotent": Text("幂等", "idempotent"),
    "not_idempotent": Text("不幂等：重发即重复入账", "not idempotent: a repeat is posted again"),
    "dedups_for_a_time": Text("只在一段时间内去重", "recognises a repeat for a limited time only"),
    "not_found_early": Text("先答查无，后入账", "says not found and posts later"),
    "contradicts_itself": Text("前后矛盾", "contradicts itself"),
    "slow": Text("缓慢", "slow"),
    "file_only": Text("联机无定论，只凭文件", "settles in files only"),
    "other_cut_off": Text("日切不同", "has another cut-off"),
}
