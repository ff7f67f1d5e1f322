"""The tables by their kind, and what the hub may change: one list for all gates."""

MONEY = frozenset(
    {"claims", "asks", "visits", "shifts", "payments", "facts", "postings", "limits", "errands"}
    | {"batches"}
)
"""Tables that a spread over several servers would divide: their bucket comes first everywhere."""

PARTITIONED = frozenset({"payments", "facts", "postings"})
"""Divided by month of business date. Never `asks`: a retry after the cut must meet its key."""

APPEND_ONLY = frozenset(
    {"postings", "facts", "asks", "visits", "batches", "files"}
    | {"user_events", "user_roles", "approvals", "approval_decisions", "approval_effects"}
    | {"route_changes", "route_notices", "route_notice_ends", "return_stages", "stand_in_policies"}
    | {"archives", "archive_balances", "archive_drops"}
    | {"drills", "drill_schedules", "outlet_lists", "outlet_details"}
    | {"walkers", "walker_ends", "guard_assessments", "guard_decisions", "public_partitions"}
    | {"demand_lists", "demand_points", "surveys", "survey_places"}
    | {"restoration_cases", "restoration_facts"}
    | {"programme_lists", "programmes", "programme_placements", "programme_visits"}
    | {"counted_days", "outlet_days", "agent_shut_days", "silence_alarms", "silence_words"}
    | {"agent_deeds", "agent_certificates"}
)
"""Rows that are added and never changed: what happened is not edited."""

TENANT_COLUMNS = frozenset({"agent", "outlet", "till", "biller", "user_id"})
"""A table with one of these holds rows of different parties."""

AMOUNT_COLUMNS = frozenset(
    {"amount", "owed", "cash_due", "tendered", "change", "balance", "most", "paid_total", "total"}
    | {"drawer_most", "fee_agent", "fee_network", "fee_route", "rounding", "carried"}
)
"""Columns of minor units, whatever their table."""

WHOLE_ROW = "*"

HUB_UPDATES: dict[str, frozenset[str]] = {
    "business_days": frozenset({"state", "cut_at"}),
    "payments": frozenset({"state", "posted", "state_at", "contradicted", "carried_by"}),
    "claims": frozenset(
        {"state", "outlet", "till", "until", "hold", "payment", "paid_at", "paid_total"} | {"parts"}
    ),
    "limits": frozenset({"balance", "most", "receipts_day", "receipts"}),
    "shifts": frozenset({"closed_at"}),
    "errands": frozenset({"leased_until", "due_at", "count"}),
    "users": frozenset({"password_hash", "pin_hash", "disabled", "must_change"}),
    "sessions": frozenset({"ended_at", "seen_at"}),
    "till_devices": frozenset({"ended_at"}),
    "guesses": frozenset({"clear_at"}),
    "api_keys": frozenset({"ended_at"}),
    "network": frozenset({"name", "version", "country"}),
    "districts": frozenset({"name_zh", "name_en"}),
    "billers": frozenset({"body"}),
    "agents": frozenset({"body"}),
    "contracts": frozenset({"body"}),
    "routes": frozenset({"body", "endpoint"}),
    "desks": frozenset({"endpoint"}),
    "outlets": frozenset(
        {"drawer_most", "name_zh", "name_en", "brand", "district", "longitude", "latitude"}
    ),
    "tills": frozenset({"code"}),
    "legal_groups": frozenset({"name"}),
    "brands": frozenset({"name"}),
    "filed_bills": frozenset({"amount", "due_on", "file"}),
    "route_health": frozenset(
        {"condition", "since", "score", "heard_at", "relapses", "proven_at", "probe_due"}
    ),
}
"""The columns that the hub may change, by table; what is not here it may only add and read."""

HUB_DELETES = frozenset({"errands", "filed_bills", "guesses"})
"""What the hub may delete: done work, bills that were withdrawn, wrong guesses made good."""
