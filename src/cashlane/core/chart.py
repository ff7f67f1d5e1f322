"""The chart of accounts. Debit is plus, credit is minus.

An account is (kind, party, bucket); its kind says who the party is. Unlimited accounts are sums
of entries and have no row of their own; limited ones (a drawer) are rows in `limits`.
"""

from enum import IntEnum

from cashlane.values.text import Text


class Account(IntEnum):
    """Kinds of account. The numbers are stored: never reuse one."""

    AGENT_RECEIVABLE = 1
    IN_TRANSIT = 2
    EXPOSURE = 3
    BILLER_PAYABLE = 4
    REFUND_PAYABLE = 5
    COMMISSION_PAYABLE = 6
    NETWORK_INCOME = 7
    ROUTE_FEE_PAYABLE = 8
    BILLER_FEE_RECEIVABLE = 9
    CASH_ROUNDING = 10


NETWORK = 0
"""The party number of the network itself."""

NAMES: dict[Account, Text] = {
    Account.AGENT_RECEIVABLE: Text("应收代收机构现金", "cash owed by agents"),
    Account.IN_TRANSIT: Text("在途款项", "in transit to billers"),
    Account.EXPOSURE: Text("代受理敞口", "stand-in exposure"),
    Account.BILLER_PAYABLE: Text("应付收费单位", "owed to billers"),
    Account.REFUND_PAYABLE: Text("应退现金", "refunds owed to citizens"),
    Account.COMMISSION_PAYABLE: Text("应付代收手续费", "commission owed to agents"),
    Account.NETWORK_INCOME: Text("网络手续费收入", "network fee income"),
    Account.ROUTE_FEE_PAYABLE: Text("应付通道手续费", "fees owed to routes"),
    Account.BILLER_FEE_RECEIVABLE: Text("应收收费单位手续费", "fees owed by billers"),
    Account.CASH_ROUNDING: Text("现金尾差", "cash rounding"),
}


class Limited(IntEnum):
    """Kinds of account that are a row with a bound, locked before a decision."""

    DRAWER = 1
    """Cash of an outlet, which the party is; it keeps the outlet's receipt counter too."""
    STAND_IN_TILL = 2
    STAND_IN_OUTLET = 3
    STAND_IN_AGENT = 4
    STAND_IN_BILLER = 5
    """What was stood in for and is not delivered yet, of a till, an outlet, an agent, a biller."""
