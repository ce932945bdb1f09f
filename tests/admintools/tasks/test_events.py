"""The task that stores batches, and the dispatcher's source of them. (Live: test_events.py.)"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from admintools.jobs import hints
from admintools.jobs.models import QueuePause
from admintools.jobs.sources import every_source
from admintools.notify.kinds import Kind
from admintools.notify.models import Notice, Subscription
from admintools.tasks import event_batches
from admintools.tasks.event_batches import BatchSource
from admintools.tasks.events import ingest_events
from micasillero.compliance import live
from micasillero.compliance.models import Alert, Rule, Severity
from micasillero.events import store
from micasillero.events.intake import accept
from micasillero.events.models import Event, RawBatch
from tests.micasillero.compliance.rows import rule
from tests.support.events import event

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=1)


def batch(**changes):
    row = accept("web", [event()]).batch
    RawBatch.objects.filter(pk=row.pk).update(**changes)
    return row


def test_a_batch_is_stored():
    assert ingest_events(batch().pk) == {"status": "success", "stored": 1, "alerts_created": 0}
    assert Event.objects.count() == 1


def test_a_second_message_is_dropped():
    row = batch()
    ingest_events(row.pk)
    assert ingest_events(row.pk)["status"] == "dropped"
    assert Event.objects.count() == 1


def test_a_message_of_a_batch_that_is_gone_is_dropped():
    assert ingest_events(4711)["status"] == "dropped"


def test_a_paused_queue_keeps_its_batches():
    row = batch()
    QueuePause.objects.create(queue="events", paused_by="ana")
    assert ingest_events(row.pk)["status"] == "dropped"
    row.refresh_from_db()
    assert (row.state, row.published_at) == ("waiting", None)


@pytest.fixture
def broken(monkeypatch):
    def breaks(*_arguments):
        raise RuntimeError("redis://:secret@host is away")

    monkeypatch.setattr(store, "_made", breaks)


def test_what_fails_is_tried_again_later(broken):
    row = batch()
    assert ingest_events(row.pk)["status"] == "failed"
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error_code) == ("waiting", 1, "RuntimeError")
    assert row.next_attempt_at > timezone.now()
    assert "secret" not in row.traceback


def test_what_fails_each_time_becomes_a_dead_letter(broken, settings):
    settings.EVENT_ATTEMPTS = 2
    row = batch(attempts=1)
    ingest_events(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("dead", 2)


def due():
    grace = timedelta(seconds=5)
    return list(RawBatch.objects.due(grace).values_list("pk", flat=True))


def test_a_batch_that_no_queue_has_is_due():
    row = batch(published_at=None, received_at=timezone.now() - LONG_AGO)
    assert due() == [row.pk]


def test_a_new_one_is_left_to_its_request():
    batch(published_at=None)
    assert due() == []


@pytest.mark.parametrize("state", ["stored", "dead", "discarded"])
def test_what_is_over_is_not_due(state):
    batch(published_at=None, received_at=timezone.now() - LONG_AGO, state=state)
    assert due() == []


def test_what_waits_for_its_next_attempt_is_due_at_its_time():
    row = batch(published_at=None, next_attempt_at=timezone.now() + timedelta(minutes=1))
    assert due() == []
    RawBatch.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert due() == [row.pk]


def test_what_kills_its_workers_is_given_up(settings):
    gone = timezone.now() - LONG_AGO
    row = batch(attempts=settings.EVENT_ATTEMPTS, lease_expires_at=gone, published_at=None)
    assert BatchSource().take_back_dead() == 1
    row.refresh_from_db()
    assert (row.state, row.error_code) == ("dead", "lost")


def test_a_batch_in_somebodys_hands_is_left_alone(settings):
    soon = timezone.now() + timedelta(minutes=1)
    batch(attempts=settings.EVENT_ATTEMPTS, lease_expires_at=soon)
    assert BatchSource().take_back_dead() == 0


def test_a_broker_that_is_away_keeps_them_due():
    row = batch(published_at=None, received_at=timezone.now() - LONG_AGO)
    assert BatchSource().send_due() == 0
    assert due() == [row.pk]


def test_nothing_is_sent_to_a_paused_queue(monkeypatch):
    batch(published_at=None, received_at=timezone.now() - LONG_AGO)
    QueuePause.objects.create(queue="events", paused_by="ana")
    monkeypatch.setattr(event_batches, "put", lambda number: pytest.fail("it was sent"))
    assert BatchSource().send_due() == 0


def test_the_dispatcher_watches_over_batches():
    assert "event batches" in {source.name for source in every_source()}


# --- alerts -----------------------------------------------------------------------------------
@pytest.fixture
def told(monkeypatch):
    """The messages to the open pages."""
    messages = []
    monkeypatch.setattr(hints, "send", lambda groups, event: messages.append((groups, event)))
    return messages


@pytest.fixture
def armed():
    # Those that come with the product know more words.
    Rule.objects.all().delete()
    live.forget()
    yield rule("pistolas?", name="Armas", severity=Severity.HIGH)
    live.forget()


def searches(*queries):
    return accept("web", [event(query=query) for query in queries]).batch.pk


def test_a_batch_raises_alerts(armed):
    row = searches("pistola de agua", "tenis")
    assert ingest_events(row) == {"status": "success", "stored": 2, "alerts_created": 1}
    assert Alert.objects.get().rule == armed


def test_the_open_pages_hear_of_a_batch_in_one_message(
    armed, told, django_capture_on_commit_callbacks
):
    rule("granadas?", name="Explosivos", severity=Severity.CRITICAL)
    live.forget()
    with django_capture_on_commit_callbacks(execute=True):
        ingest_events(searches("pistola", "granada"))
    new = {"type": "alerts.new", "count": 2, "severity": 4, "rule": "Explosivos"}
    assert told == [(("alerts",), new)]


def test_who_subscribed_to_alerts_is_told_of_each_once(armed, django_capture_on_commit_callbacks):
    owner = get_user_model().objects.create_user("ana", is_staff=True)
    Subscription.objects.create(
        user=owner, channel="email", address="ana@example.hn", events=[Kind.ALERT]
    )
    for _turn in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            ingest_events(searches("pistola"))
    notice = Notice.objects.get()
    assert notice.about["title"] == "Armas"
    assert "pistola" not in str(notice.about)


def test_nothing_is_told_of_what_raised_no_alert(armed, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ingest_events(searches("tenis"))
    assert told == []


def test_nothing_is_told_before_the_alerts_are_committed(armed, told):
    ingest_events(searches("pistola"))
    assert Alert.objects.exists()
    assert told == []


def test_a_channel_that_is_away_costs_no_alert(
    armed, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(hints, "_channel", hints.Resting("test"))
    with django_capture_on_commit_callbacks(execute=True):
        assert ingest_events(searches("pistola"))["alerts_created"] == 1
