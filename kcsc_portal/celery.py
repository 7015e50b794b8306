"""Celery is the clock: it wakes sweeps whose work waits in PostgreSQL. Losing every message loses no work."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kcsc_portal.settings")

app = Celery("kcsc_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "run-due-checks": {"task": "cases.tasks.run_due_checks", "schedule": 2.0, "options": {"expires": 10}},
    "tell-the-news": {"task": "notices.tasks.tell", "schedule": 15.0, "options": {"expires": 60}},
    "prepare-access-log": {"task": "audit.tasks.prepare_access_log", "schedule": 24 * 3600.0},
}
