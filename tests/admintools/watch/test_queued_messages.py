"""What the broker holds of each queue, with a broker and without."""

from celery import current_app

from admintools.watch.statistics import queued_messages


def test_every_priority_of_a_queue_counts(broker, settings):
    with current_app.connection_for_write(settings.CELERY_BROKER_URL) as connection:
        connection.transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        for priority in (0, 0, 3, 6):
            with connection.Producer() as producer:
                producer.publish({}, routing_key="learning", priority=priority)
    assert queued_messages() == {
        "celery": 0, "elasticsearch": 0, "ai_generation": 0, "learning": 4,
        "notifications": 0, "events": 0,
    }  # fmt: skip


def test_a_broker_that_is_away_says_nothing(broker):
    broker.kill()
    assert queued_messages() == {}
