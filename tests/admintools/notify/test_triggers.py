"""The ends of runs that become announcements, whoever wrote the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs import cancelling, signals, transitions
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status, TaskHistory
from admintools.jobs.sources import RunSource
from admintools.notify.models import Notice
from admintools.tasks.quality import measures_that_fell
from tests.admintools.console.quality_rows import kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(subscribed):
    subscribed()
    made = launch("trial_count", initiator=Initiator(Source.COMMAND, name="ana"))
    return transitions.claim(made.pk, 1, worker="w1")


def kinds():
    return list(Notice.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("no_luck", "run_failed"),
        ("run_cap", "budget_reached"),
        ("month_cap", "budget_reached"),
        ("quality_fell", "quality_fell"),
    ],
)
def test_a_failure_is_announced_as_what_it_is_and_once(run, code, kind):
    transitions.fail(run, code, "No luck with %(thing)s", {"thing": "it"})
    assert kinds() == [kind]
    told = Notice.objects.get()
    assert told.about["error_params"] == {"thing": "it"}
    assert told.link == run.get_absolute_url()


def test_who_wants_failures_only_hears_of_a_reached_budget_as_of_a_failure(run, subscribed):
    subscribed(events=["run_failed"])
    transitions.fail(run, "run_cap", "Reached")
    assert sorted(kinds()) == ["budget_reached", "run_failed"]


def test_a_success_is_announced(run):
    transitions.succeed(run, {"counted": 1})
    assert kinds() == ["run_finished"]


def test_a_search_that_got_worse_is_announced_by_its_evaluation(run):
    transitions.succeed(run, {"fell": ["S@5"]})
    assert kinds() == ["quality_fell"]


def test_a_cancel_is_nobodys_news(run):
    cancelling.request_cancel(run, "ana")
    transitions.cancelled(run)
    assert kinds() == []


def test_a_run_that_the_reaper_ends_is_announced(run):
    past = timezone.now() - timedelta(minutes=5)
    TaskHistory.objects.update(losses=2, lease_expires_at=past)
    RunSource().take_back_dead()
    assert kinds() == ["run_failed"]


def test_another_attempt_is_no_end(run):
    transitions.try_again(run, "away", "Away")
    assert kinds() == []


def test_a_defect_in_who_listens_does_not_keep_a_run_from_ending(run):
    def broken(**_kwargs):
        raise RuntimeError("a defect")

    signals.run_ended.connect(broken)
    try:
        assert transitions.succeed(run, {})
    finally:
        signals.run_ended.disconnect(broken)
    assert TaskHistory.objects.get().status == Status.SUCCESS


class TestEvaluations:
    def test_one_that_is_worse_than_the_one_before_names_its_measures(self, db):
        kept(a=1, b=1)
        assert "S@5" in measures_that_fell(kept(a=1, b=None))

    def test_one_that_is_not_names_none(self, db):
        kept(a=1, b=None)
        assert measures_that_fell(kept(a=1, b=1)) == []

    def test_the_first_has_nothing_to_be_worse_than(self, db):
        assert measures_that_fell(kept(a=None)) == []
