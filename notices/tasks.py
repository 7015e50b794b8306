"""The clock's work on notices. What is told and mailed is found in PostgreSQL: a lost message waits for the next."""

from celery import shared_task

from notices import services


@shared_task
def tell() -> tuple[int, int]:
    """Pull the news, then write the mails. Returns how many of each; safe to run twice at once."""
    told = services.tell_news()
    services.put_away_reports()
    return told, services.mail_notices()
