-- Counting a business day, as the watching role.

-- name: by_state
-- How many payments stand in each state, and their cash and amounts.
SELECT state, count(*), sum(cash_due), sum(amount), count(*) FILTER (WHERE contradicted)
  FROM payments WHERE business_date = %(day)s GROUP BY state ORDER BY state

-- name: payments
-- Each payment of a day, for comparing with other people's books.
SELECT id, biller, agent, state, amount, cash_due FROM payments WHERE business_date = %(day)s

-- name: accounts
-- What stands on each kind of account by the entries of a day.
SELECT account, party, sum(amount) FROM entries WHERE business_date = %(day)s
 GROUP BY account, party ORDER BY account, party

-- name: open_work
-- How much work still waits for the relays.
SELECT kind, count(*) FROM errands GROUP BY kind ORDER BY kind
