from celery import shared_task

from audit import services


@shared_task
def prepare_access_log() -> None:
    services.prepare_access_log()
