"""The declared bill codes. Reading and printing both follow this table and nothing else.

Foreign layouts follow their public descriptions; the city's own is an assumption and says so.
"""

from cashlane.core.barcode.layout import AmountPlace, Check, DuePlace, Field, Layout
from cashlane.values.text import Text


def _digits(name: str, length: int, zh: str, en: str, *, check: str = "") -> Field:
    return Field(name=name, most=length, least=length, meaning=Text(zh, en), check=check)


def _const(name: str, value: str, zh: str, en: str) -> Field:
    size = len(value)
    return Field(name=name, most=size, least=size, kind="const", value=value, meaning=Text(zh, en))


def _choice(name: str, values: str, zh: str, en: str) -> Field:
    return Field(name=name, most=1, least=1, among=tuple(values), meaning=Text(zh, en))


JAPAN_SLIP = Layout(
    name="japan_slip",
    title=Text("日本便利店缴费单", "Japanese convenience store slip"),
    symbology="GS1-128",
    fields=(
        _const("ai", "91", "应用标识符", "application identifier"),
        _digits("issuer", 6, "收费单位", "issuer"),
        _digits("free", 21, "收费单位自用", "for the issuer's use"),
        _digits("reissue", 1, "补发次数", "reissue counter"),
        _digits("due", 6, "缴费期限，999999 为无", "due date YYMMDD, 999999 for none"),
        _choice("stamp", "01", "印花税标志", "stamp duty flag"),
        _digits("amount", 6, "金额（日元）", "amount in yen"),
        _digits("check", 1, "校验位", "check digit"),
    ),
    issuer=("issuer",),
    account=("free",),
    ref=("free",),
    check=Check("check", "mod10_31"),
    amounts=(AmountPlace(field="amount", form="minor"),),
    due=DuePlace(field="due", form="YYMMDD", none="999999"),
    currency="JPY",
    currency_number="392",
    exponent=0,
    forms=("brackets", "groups"),
)

DECLARED_CITY_BILL = Layout(
    name="declared_city_bill",
    title=Text("本市账单条码（假定格式）", "City bill code (an assumed layout)"),
    symbology="Code 128",
    fields=(
        _const("prefix", "31", "前缀", "prefix"),
        _digits("issuer", 3, "收费单位", "biller"),
        _digits("account", 12, "户号，末位校验", "account with its own check digit",
                check="iso7064_mod11_10"),
        _digits("period", 6, "账期", "billing period YYYYMM"),
        _digits("amount", 8, "金额（分）", "amount in fen"),
        _digits("check", 1, "校验位", "check digit"),
    ),
    issuer=("issuer",),
    account=("account",),
    ref=("account", "period"),
    period="period",
    check=Check("check", "iso7064_mod11_10"),
    amounts=(AmountPlace(field="amount", form="minor"),),
    currency="CNY",
    currency_number="156",
    exponent=2,
    forms=("groups",),
    groups=(2, 3, 4, 4, 4, 6, 8, 1),
)  # fmt: skip
"""No public digit layout of the city's bills was found: this one is declared, not observed.

32 digits pack evenly into Code 128 set C. ISO 7064 MOD 11,10 notices every single wrong digit.
"""

BRAZIL_COLLECTION = Layout(
    name="brazil_collection",
    title=Text("巴西代收单", "Brazilian collection document (arrecadação)"),
    symbology="ITF",
    fields=(
        _const("product", "8", "产品", "product: collection"),
        _choice("segment", "1234579", "行业", "segment of the issuer"),
        _choice("value_kind", "6789", "金额种类与校验规则", "kind of value, and check rule"),
        _digits("check", 1, "校验位", "check digit"),
        _digits("value", 11, "金额", "value"),
        _digits("company", 4, "收费单位", "company"),
        _digits("due", 8, "期限或自用", "due date YYYYMMDD, or for the company's use"),
        _digits("free", 17, "收费单位自用", "for the company's use"),
    ),
    issuer=("segment", "company"),
    account=("free",),
    ref=("due", "free"),
    check=Check("check", "brazil_by_value_kind"),
    amounts=(AmountPlace(field="value", form="minor", when=("value_kind", ("6", "8"))),),
    due=DuePlace(field="due", form="YYYYMMDD", loose=True),
    currency="BRL",
    currency_number="986",
    exponent=2,
    forms=("groups", "line"),
)
"""Value kinds 7 and 9 count units of an index, so no amount in reais can be read from them.

Segment 6 spells its company in eight digits and is not declared here. The first eight digits of
the free field hold the due date only if the company uses one: they stay in the bill's identity.
"""

GS1_BILL = Layout(
    name="gs1_bill",
    title=Text("GS1 付款单", "GS1 payment slip"),
    symbology="GS1-128",
    fields=(
        Field(name="issuer", mark="415", most=13, least=13, check="mod10_31",
              meaning=Text("收费单位全球位置码", "global location number of the invoicing party")),
        Field(name="reference", mark="8020", most=25, least=1, kind="alnum", ended=True,
              meaning=Text("付款单号", "payment slip reference")),
        Field(name="amount", mark="390", most=16, least=2, ended=True, optional=True,
              meaning=Text("小数位数与金额", "decimals, then the amount")),
        Field(name="amount_in", mark="391", most=19, least=5, ended=True, optional=True,
              meaning=Text("小数位数、币种与金额", "decimals, currency, then the amount")),
        Field(name="due", mark="12", most=6, least=6, optional=True,
              meaning=Text("期限", "due date YYMMDD")),
    ),
    issuer=("issuer",),
    account=("reference",),
    ref=("reference",),
    ends="\x1d",
    amounts=(
        AmountPlace(field="amount", form="scaled"),
        AmountPlace(field="amount_in", form="currency_scaled"),
    ),
    due=DuePlace(field="due", form="YYMMDD"),
    currency="CNY",
    currency_number="156",
    exponent=2,
    forms=("brackets",),
)  # fmt: skip
"""Element strings may stand in any order. The currency is the network's, not the standard's."""

THAI_BILL = Layout(
    name="thai_bill",
    title=Text("泰国账单", "Thai bill payment"),
    symbology="Code 128 or QR",
    fields=(
        _const("mark", "|", "起始符", "opening mark"),
        Field(name="issuer", most=15, least=15, ended=True,
              meaning=Text("税号与后缀", "tax id and suffix")),
        Field(name="ref1", most=20, least=1, kind="alnum", ended=True,
              meaning=Text("参考号一", "reference 1")),
        Field(name="ref2", most=20, least=0, kind="alnum", ended=True, optional=True,
              meaning=Text("参考号二", "reference 2")),
        Field(name="amount", most=10, least=0, ended=True, optional=True,
              meaning=Text("金额（萨当）", "amount in satang")),
    ),
    issuer=("issuer",),
    account=("ref1",),
    ref=("ref1", "ref2"),
    ends="\r",
    amounts=(AmountPlace(field="amount", form="minor"),),
    currency="THB",
    currency_number="764",
    exponent=2,
    forms=("thai_qr",),
)  # fmt: skip

SWISS_REFERENCE = Layout(
    name="swiss_reference",
    title=Text("瑞士 QR 参考号", "Swiss QR reference"),
    symbology="QR",
    fields=(
        _digits("issuer", 6, "银行分配的客户号", "customer number given by the issuer's bank"),
        _digits("reference", 20, "参考号", "reference"),
        _digits("check", 1, "校验位", "check digit"),
    ),
    issuer=("issuer",),
    account=("reference",),
    ref=("reference",),
    check=Check("check", "mod10_recursive"),
    currency="CHF",
    currency_number="756",
    exponent=2,
    forms=("groups",),
    groups=(2, 5, 5, 5, 5, 5),
)
"""The standard leaves the first 26 digits free; banks give their customers the first six."""

LAYOUTS: tuple[Layout, ...] = (
    DECLARED_CITY_BILL,
    JAPAN_SLIP,
    BRAZIL_COLLECTION,
    GS1_BILL,
    THAI_BILL,
    SWISS_REFERENCE,
)
