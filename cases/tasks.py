"""The clock's work on cases. The queue is in PostgreSQL: a lost message waits for the next sweep, no check is lost."""

import logging

from celery import shared_task

from cases.services import lease_due_orders, run_order

log = logging.getLogger(__name__)


@shared_task
def run_due_checks() -> int:
    """Run the checks that are due. Returns how many; safe to run twice, orders are leased."""
    orders = lease_due_orders()
    for order in orders:
        try:
            run_order(order=order)
        except Exception:
            log.exception("Check order %s failed; it is due again when its lease ends.", order.pk)
    return len(orders)
