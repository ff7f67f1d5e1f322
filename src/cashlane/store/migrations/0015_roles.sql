-- The hub alone writes money, by the new writer as by the old one.

REVOKE ALL ON FUNCTION record_v3, each(ask_rows), each(visit_rows), each(shift_rows),
    each(payment_rows), each(move_rows), each(fact_rows), each(posting_rows), each(limit_rows),
    each(errand_rows), each(errand_keys) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_v3, each(ask_rows), each(visit_rows), each(shift_rows),
    each(payment_rows), each(move_rows), each(fact_rows), each(posting_rows), each(limit_rows),
    each(errand_rows), each(errand_keys) TO cashlane_hub;
