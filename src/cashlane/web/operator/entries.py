"""What the window has for whom: the entries of its navigation, by permission."""

from msgspec import Struct

from cashlane.core.approval import kinds_of
from cashlane.core.roles import Permission, Person
from cashlane.values.text import Text


class Entry(Struct, frozen=True):
    """A page with a place in the navigation."""

    href: str
    name: Text


WALL = Entry("/window/", Text("全网", "Wall"))
DOUBT = Entry("/window/doubt", Text("未决", "In doubt"))
WAYS = Entry("/window/ways", Text("通道", "Ways"))
OUTLETS = Entry("/window/outlets", Text("网点", "Outlets"))
RESTORATION = Entry("/window/restoration", Text("恢复", "Restoration"))
APPROVALS = Entry("/window/approvals", Text("审批", "Approvals"))
PEOPLE = Entry("/window/people", Text("人员", "People"))


def entries(person: Person) -> list[Entry]:
    """The pages that somebody's roles open, the daily ones first."""
    opened = (
        (WALL, person.may(Permission.NETWORK_READ)),
        (DOUBT, person.may(Permission.PAYMENT_SEARCH)),
        (WAYS, person.may(Permission.NETWORK_READ)),
        (OUTLETS, person.may(Permission.NETWORK_READ)),
        (RESTORATION, person.may(Permission.NETWORK_READ)),
        (APPROVALS, bool(kinds_of(person))),
        (PEOPLE, has_staff(person)),
    )
    return [entry for entry, open_ in opened if open_]


def has_staff(person: Person) -> bool:
    """Whether others are in somebody's charge: everybody, or an outlet's or company's cashiers."""
    return person.may(Permission.USERS_MANAGE) or person.may(Permission.OUTLET_STAFF)
