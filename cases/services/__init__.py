"""The only writers of this room."""

from cases.services.checking import (
    lease_due_orders,
    order_case_checks,
    record_check,
    record_check_by_hand,
    record_sighting,
    run_order,
)
from cases.services.files import close_case, group_reports, record_outcome, reopen_case, set_aside
from cases.services.numbers import next_number
from cases.services.ordering import order_checks
from cases.services.reports import read_sealed_report, record_report
from cases.services.settling import facts_of, settle

__all__ = [
    "close_case",
    "facts_of",
    "group_reports",
    "lease_due_orders",
    "next_number",
    "order_case_checks",
    "order_checks",
    "read_sealed_report",
    "record_check",
    "record_check_by_hand",
    "record_outcome",
    "record_report",
    "record_sighting",
    "reopen_case",
    "run_order",
    "set_aside",
    "settle",
]
