"""Counting a business day: states, accounts, open work."""

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from cashlane.core.chart import Account
from cashlane.core.payment import State
from cashlane.core.record import ErrandKind
from cashlane.store.statements import statements

_SQL = statements("tally.sql")


class StateTally(Struct, frozen=True):
    """Payments of one state; amounts in minor units."""

    state: State
    count: int
    cash: int
    amount: int
    contradicted: int


class PaymentLine(Struct, frozen=True):
    """One payment as it is compared with other books."""

    id: UUID
    biller: int
    agent: int
    state: State
    amount: int
    cash_due: int


def by_state(connection: Connection[Any], day: date) -> list[StateTally]:
    """A day's payments by state."""
    rows = connection.execute(_SQL["by_state"], {"day": day}).fetchall()
    return [
        StateTally(State(state), count, int(cash), int(amount), odd)
        for state, count, cash, amount, odd in rows
    ]


def payments(connection: Connection[Any], day: date) -> list[PaymentLine]:
    """A day's payments, one by one."""
    rows = connection.execute(_SQL["payments"], {"day": day}).fetchall()
    return [
        PaymentLine(ident, biller, agent, State(state), amount, cash)
        for ident, biller, agent, state, amount, cash in rows
    ]


def accounts(connection: Connection[Any], day: date) -> dict[tuple[Account, int], int]:
    """What the day's entries add up to, by account and party: debit plus, credit minus."""
    rows = connection.execute(_SQL["accounts"], {"day": day}).fetchall()
    return {(Account(account), party): int(total) for account, party, total in rows}


def open_work(connection: Connection[Any]) -> dict[ErrandKind, int]:
    """Errands that wait, by kind."""
    return {ErrandKind(kind): n for kind, n in connection.execute(_SQL["open_work"]).fetchall()}
