"""What people do with alerts."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model

from micasillero.compliance.handling import Action, handle
from micasillero.compliance.models import Alert

from .rows import alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return get_user_model().objects.create_user("ana")


@pytest.fixture
def luis():
    return get_user_model().objects.create_user("luis")


def now(of):
    return Alert.objects.get(pk=of.pk)


def test_an_open_alert_is_acknowledged(ana):
    raised = alert()
    handled = handle([raised.pk], Action.ACKNOWLEDGE, ana)
    assert (handled.done, handled.refused) == ([raised], [])
    assert (now(raised).state, now(raised).acknowledged_by) == ("acknowledged", ana)
    assert now(raised).acknowledged_at is not None


@pytest.mark.parametrize("state", ["open", "acknowledged"])
def test_an_unfinished_alert_is_closed(ana, state):
    raised = alert(state=state)
    assert handle([raised.pk], Action.CLOSE, ana).done == [raised]
    assert (now(raised).state, now(raised).closed_by) == ("closed", ana)
    assert now(raised).closed_at is not None


def test_closing_leaves_who_acknowledged_it(ana, luis):
    raised = alert()
    handle([raised.pk], Action.ACKNOWLEDGE, ana)
    handle([raised.pk], Action.CLOSE, luis)
    assert (now(raised).acknowledged_by, now(raised).closed_by) == (ana, luis)


@pytest.mark.parametrize("first", [Action.ACKNOWLEDGE, Action.CLOSE])
def test_opened_again_it_is_nobodys(ana, luis, first):
    raised = alert()
    handle([raised.pk], first, ana)
    assert handle([raised.pk], Action.REOPEN, luis).done == [raised]
    opened = now(raised)
    assert opened.state == "open"
    assert (opened.acknowledged_by, opened.closed_by) == (None, None)
    assert (opened.acknowledged_at, opened.closed_at) == (None, None)


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("acknowledged", Action.ACKNOWLEDGE),
        ("closed", Action.ACKNOWLEDGE),
        ("closed", Action.CLOSE),
        ("open", Action.REOPEN),
    ],
)
def test_what_is_no_longer_as_it_was_seen_is_refused(ana, state, action):
    raised = alert(state=state, note="before")
    handled = handle([raised.pk], action, ana, note="after")
    assert (handled.done, handled.refused) == ([], [raised])
    assert (now(raised).state, now(raised).note) == (state, "before")
    assert not LogEntry.objects.exists()


def test_the_second_of_two_people_is_told_and_overwrites_nothing(ana, luis):
    raised = alert()
    handle([raised.pk], Action.CLOSE, ana, note="A toy.")
    (refused,) = handle([raised.pk], Action.CLOSE, luis, note="A zorbo.").refused
    assert (refused.closed_by, refused.note) == (ana, "A toy.")


def test_of_several_those_that_can_be_handled_are(ana):
    opened, closed, other = alert(), alert(state="closed"), alert()
    handled = handle([other.pk, closed.pk, opened.pk], Action.ACKNOWLEDGE, ana)
    assert (handled.done, handled.refused) == ([other, opened], [closed])


def test_the_same_id_twice_is_one_alert(ana):
    raised = alert()
    assert handle([raised.pk, raised.pk], Action.CLOSE, ana).done == [raised]
    assert LogEntry.objects.count() == 1


def test_one_that_is_gone_is_in_neither(ana):
    raised = alert()
    handled = handle([raised.pk, raised.pk + 1], Action.CLOSE, ana)
    assert (handled.done, handled.refused) == ([raised], [])


def test_no_ids_do_nothing(ana):
    handled = handle([], Action.CLOSE, ana)
    assert (handled.done, handled.refused) == ([], [])


def test_a_note_is_kept(ana):
    raised = alert()
    handle([raised.pk], Action.ACKNOWLEDGE, ana, note="Asked the customer.")
    handle([raised.pk], Action.CLOSE, ana)
    assert now(raised).note == "Asked the customer."


def test_a_new_note_takes_the_place_of_the_one_before(ana):
    raised = alert(note="Asked the customer.")
    handle([raised.pk], Action.CLOSE, ana, note="A toy.")
    assert now(raised).note == "A toy."


def test_the_log_tells_who_did_what(ana):
    raised = alert()
    handle([raised.pk], Action.CLOSE, ana, note="A toy.")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_flag, entry.object_id) == (ana, CHANGE, str(raised.pk))
    assert entry.get_edited_object() == raised
    assert entry.change_message == "Closed. A toy."


def test_several_have_an_entry_each(ana):
    several = [alert(), alert()]
    handle([each.pk for each in several], Action.ACKNOWLEDGE, ana)
    entries = LogEntry.objects.all()
    assert {entry.object_id for entry in entries} == {str(each.pk) for each in several}
    assert {entry.change_message for entry in entries} == {"Acknowledged."}


def test_an_alert_that_was_not_asked_for_is_left_alone(ana):
    asked, other = alert(), alert()
    handle([asked.pk], Action.CLOSE, ana)
    assert now(other).state == "open"


def test_nothing_is_changed_that_cannot_be_logged(ana, monkeypatch):
    raised = alert()
    monkeypatch.delattr(type(LogEntry.objects), "log_actions")
    with pytest.raises(AttributeError):
        handle([raised.pk], Action.CLOSE, ana)
    assert now(raised).state == "open"
