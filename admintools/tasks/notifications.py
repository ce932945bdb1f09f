"""Glue: the quick way of a notification."""

from celery import shared_task

from admintools.notify import sender
from admintools.notify.source import DELIVER


@shared_task(name=DELIVER, ignore_result=True)
def deliver_notification(delivery_id: int) -> None:
    """One attempt; the row says what came of it."""
    sender.deliver(delivery_id)
