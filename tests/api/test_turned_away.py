"""A bound on those who come anew: told at once, in the same words whichever way they came in."""

from uuid import uuid4

from bench.ground import Ground

from tests.street.running import Street, Till, run


def _named(street: Street) -> dict[str, str]:
    row = street.bill()
    return {"biller": row.biller, "account": row.bill.account, "bill_ref": row.bill.ref}


def test_beyond_the_bound_the_new_are_turned_away_unread_and_a_held_bill_is_paid(
    street: Street,
) -> None:
    """One a second is let in by this API; strangers stay strangers."""

    async def main(http):
        known = street.till(http)
        till = Till(http, address, known.key, known.outlet, known.till)
        held = await till.ask("POST", "/v1/holds", till.at | _named(street))
        assert held.status == 200, held.json
        crowd = [
            await till.ask("POST", path, body)
            for path in ("/v1/holds", "/v1/inquiries") * 10
            for body in (till.at | _named(street), {"anything": "else"})
        ]
        turned_away = [answer for answer in crowd if answer.status == 429]
        assert len(turned_away) >= 20
        assert {answer.code for answer in turned_away} == {"NETWORK_BUSY"}
        assert {answer.headers["Retry-After"] for answer in turned_away} == {"2"}
        assert {answer.headers["Content-Type"] for answer in turned_away} == {
            "application/problem+json"
        }
        by_framework = [
            await till.ask("POST", "/v1/holds", till.at | _named(street),
                           **{"Content-Type": "application/json; charset=utf-8"})
            for _ in range(3)
        ]  # fmt: skip
        assert {answer.body for answer in turned_away} == {by_framework[-1].body}
        stranger = Till(http, address, "ck_nobody", known.outlet, known.till)
        assert (await stranger.ask("POST", "/v1/holds", till.at)).code == "UNAUTHENTICATED"
        paid = await till.pay(held.json["bill"], str(uuid4()))
        assert paid.status == 201, "a live hold is always admitted"

    with Ground(street.house).api(CASHLANE_ADMIT_PER_S="1") as address:
        run(main)
