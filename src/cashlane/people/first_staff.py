"""The first people of a trial city: synthetic, with words made by chance and told once.

A real network has no such people; its first two administrators are let in by its database's own.
"""

import asyncio
from collections.abc import Sequence

from msgspec import Struct, structs

from cashlane.core.clock import Clock
from cashlane.core.roles import PLACES, Person, Role, check_role
from cashlane.people.guard import Word, with_word
from cashlane.people.hashing import Hasher
from cashlane.people.staff import Issued, blank_account
from cashlane.people.tokens import new_password, new_pin
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.people import Account, Grant, is_trial, write_account, write_role
from cashlane.values.ids import Ids


class Post(Struct, frozen=True):
    """A place to be filled: login, name, role, and where. At an outlet the word is a PIN."""

    login: str
    name: str
    role: Role
    agent: int | None
    outlet: int | None


class NotATrialError(Exception):
    """Synthetic people were wanted in a network that is not a trial."""


class LoginTakenError(Exception):
    """One of the wanted logins exists: the city was peopled before; nothing was changed."""


async def first_staff(
    pool: Pool, clock: Clock, ids: Ids, hasher: Hasher, posts: Sequence[Post]
) -> list[Issued]:
    """Fill the posts, all or none; the words are in the answer and nowhere else.

    Raises NotATrialError and LoginTakenError.
    """
    filled = await asyncio.gather(*(_fill(post, clock, ids, hasher) for post in posts))
    async with transaction(pool) as work:
        if not await is_trial(work):
            raise NotATrialError("first staff are for a trial network only")
        for account, _ in filled:
            await _write(work, account, clock)
    return [issued for _, issued in filled]


def desk_posts() -> list[Post]:
    """Two operators, two leads and two administrators, so that every decision has a second
    person; an auditor and a regulator."""
    wanted = (
        (Role.OPERATOR, 2), (Role.OPERATOR_LEAD, 2), (Role.ADMIN, 2),
        (Role.AUDITOR, 1), (Role.REGULATOR, 1),
    )  # fmt: skip
    return [
        Post(f"{role.value.replace('_', '-')}-{n}", f"试用 {role.value} {n}", role, None, None)
        for role, count in wanted
        for n in range(1, count + 1)
    ]


def outlet_posts(code: str, *, agent: int, outlet: int, cashiers: int) -> list[Post]:
    """A lead and some cashiers of an outlet; `code` begins their logins."""
    stem = code.lower()
    lead = Post(f"{stem}-lead", f"试用班长 {code}", Role.OUTLET_LEAD, agent, outlet)
    rest = [
        Post(f"{stem}-{n}", f"试用收银员 {code}-{n}", Role.CASHIER, agent, outlet)
        for n in range(1, cashiers + 1)
    ]
    return [lead, *rest]


def agent_post(code: str, *, agent: int) -> Post:
    """The clerk of a company, who enrols its tills."""
    return Post(f"{code.lower()}-clerk", f"试用文员 {code}", Role.AGENT_CLERK, agent, None)


async def _fill(post: Post, clock: Clock, ids: Ids, hasher: Hasher) -> tuple[Account, Issued]:
    person = Person(
        ids.fresh(clock.now()), post.login, post.name, post.agent, post.outlet,
        frozenset({post.role}),
    )  # fmt: skip
    assert check_role(person, post.role) is None, "the post's role does not fit its place"
    which: Word = "pin" if PLACES[post.role] == "outlet" else "password"
    word = new_pin() if which == "pin" else new_password()
    account = with_word(blank_account(person, synthetic=True), which, await hasher.hash(word))
    return structs.replace(account, must_change=False), Issued(person, word)


async def _write(work: Work, account: Account, clock: Clock) -> None:
    now, person = clock.now(), account.person
    if not await write_account(work, account, what="made", by=None, now=now):
        raise LoginTakenError(person.login)
    for role in person.roles:
        await write_role(work, Grant(person.id, role, True, None, None), now=now)
