"""Examples of bodies and answers, as the description of the interface shows them.

Bills and tokens in them are made up; a counter of your own gives real ones.
"""

from typing import Any

Example = dict[str, Any]
AT: Example = {"outlet": "post-0001", "till": "1"}
INQUIRY: Example = AT | {"biller": "city-power", "account": "310000000017"}
HOLD: Example = INQUIRY | {"bill_ref": "310000000017-202112"}
_TOKEN = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.W10.AAAAAAAAAAAAAAAAAAAAAA"  # noqa: S105 - no secret
PAYMENT: Example = AT | {"hold": _TOKEN, "tendered": 13_000}
BATCH: Example = {"payments": [PAYMENT | {"key": "0190c1a2-7d00-7000-8000-000000000001"}]}
VISIT: Example = AT | {
    "visit": "0190c1a2-7d00-7000-8000-000000000002",
    "tendered": 20_000,
    "items": [{"key": "0190c1a2-7d00-7000-8000-000000000003", "hold": _TOKEN}],
}
ABANDON: Example = AT | {"key": "0190c1a2-7d00-7000-8000-000000000001"}

_NAME: Example = {"zh": "城市电力", "en": "City Power"}
_BILLER: Example = {"code": "city-power", "name": _NAME}
_FIGURES: Example = {
    "amount": 12_650, "customer_fee": 0, "rounding": 0, "carried": 0, "cash_due": 12_650,
    "currency": "CNY",
}  # fmt: skip
_BILL: Example = {
    "bill_ref": "310000000017-202112", "account": "310000000017", "period": "202112",
    "customer": "张*", "due_on": "2022-01-20", "owed": 12_650, **_FIGURES, "hold": None,
}  # fmt: skip
_HOLD: Example = {
    "id": "0190c1a2-7d00-7000-8000-00000000000a", "token": _TOKEN,
    "until": "2022-01-14T09:40:00.000+08:00",
}  # fmt: skip
OFFER: Example = {"biller": _BILLER, "bills": [_BILL]}
HELD: Example = {"biller": _BILLER, "bill": _BILL | {"hold": _HOLD}}
PAID: Example = {
    "payment": "pay_01fsc3vk0070007e4g0000000a", "receipt_number": "post-0001-220114-000001",
    "business_date": "2022-01-14", "accepted_at": "2022-01-14T09:31:07.120+08:00",
    "outlet": "post-0001", "till": "1", "biller": "city-power",
    "bill_ref": "310000000017-202112", "account": "310000000017", "period": "202112",
    **_FIGURES, "tendered": 13_000, "change": 350, "visit": None,
}  # fmt: skip
STATUS: Example = {
    "payment": PAID["payment"], "state": "confirmed", "word": "paid", "written_off": True,
    "contradicted": False, "receipt_number": PAID["receipt_number"], "receipt_code": None,
    "details": PAID,
}  # fmt: skip
_OUTLET: Example = {
    "code": "post-0001", "name": {"zh": "邮政网点", "en": "Post counter"}, "agent": "post",
    "brand": "post", "district": "huangpu", "open": True, "tills": ["1", "2"],
}  # fmt: skip
OUTLETS: Example = {"outlets": [_OUTLET], "next": None}
NEAREST: Example = {
    "at": "2022-01-14T09:30:00.000+08:00",
    "outlets": [
        {
            "code": "post-0001", "name": _NAME, "brand": "post", "district": "huangpu",
            "metres": 240, "walk_minutes": 6, "billers": ["city-power", "east-water"],
            "door": {
                "state": "open", "changes_at": "2022-01-14T17:00:00.000+08:00",
                "hours": "Mo-Fr 09:00-17:00",
            },
            "step_free": True, "address": "合成路 12 号", "transit": "",
            "programmes": [{
                "code": "one-stop",
                "name": {"zh": "一网通办", "en": "one-stop government services"},
            }],
        }
    ],
}  # fmt: skip
BILLERS: Example = {
    "outlet": "post-0001",
    "at": "2022-01-14T09:30:00.000+08:00",
    "billers": [
        {
            "code": "city-power", "name": _NAME, "kind": "electricity",
            "account": {
                "name": {"zh": "户号", "en": "account number"}, "least": 12, "most": 12,
                "digits_only": True,
            },
            "parts_allowed": False, "open": False,
            "closed": {
                "code": "BILLER_NOTICE",
                "detail": "City Power is not taking payments now: an upgrade until 17:00",
                "detail_zh": "城市电力暂停受理：系统升级，17:00 恢复",
                "since": "2022-01-14T09:00:00.000+08:00", "until": "2022-01-14T17:00:00.000+08:00",
            },
        }
    ],
}  # fmt: skip
