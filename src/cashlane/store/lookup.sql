-- Reading for those who ask: parties see their own rows only, by the policies of their role.

-- name: as_party
-- Whose rows the rest of this transaction may see.
SELECT set_config('cashlane.party', %(party)s, true)

-- name: payment
-- One payment as it stands, by the home that its id carries.
SELECT p.bucket, p.business_date, p.id, p.outlet, p.till, p.shift, p.cashier, p.agent, p.biller,
       p.bill_ref, p.account, p.period, p.hold, p.visit, p.owed, p.amount, p.fee_schedule,
       p.fee_by_biller, p.fee_agent, p.fee_network, p.fee_route, p.cash_due, p.rounding,
       p.rounding_party, p.carried, p.tendered, p.change, p.receipt, p.route, p.stood_in,
       p.state, p.posted, p.accepted_at, p.contradicted
  FROM payments p
 WHERE p.bucket = %(bucket)s AND p.business_date = %(day)s AND p.id = %(id)s

-- name: ask
-- What was decided under a till's own key.
SELECT kind, verdict, payment, payment_date, detail FROM asks
 WHERE bucket = %(bucket)s AND outlet = %(outlet)s AND key = %(key)s
