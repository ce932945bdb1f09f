from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_celery_results.models import TaskResult

from admintools.jobs.execution import perform
from admintools.jobs.models import LogLine, TaskHistory
from admintools.jobs.retention import due
from micasillero.classification.models import Classification, Manifest, ManifestLine
from micasillero.quality.models import AskedQuery

# The work writes its progress on a connection of its own: a test in one transaction would block it.
pytestmark = pytest.mark.django_db(transaction=True)

OLD = timedelta(days=200)


def aged(run, age, **changes):
    TaskHistory.objects.filter(pk=run.pk).update(finished_at=timezone.now() - age, **changes)
    return run


def cleaned(launched, **parameters):
    return performed(launched, **parameters).result["deleted"]


def performed(launched, **parameters):
    run = launched("cleanup", **parameters)
    return perform(run.pk, 1, worker="w1")


def test_old_runs_go_and_young_ones_stay(launched):
    old = aged(launched(), OLD, status="SUCCESS")
    young = aged(launched(), timedelta(days=89), status="SUCCESS")
    assert cleaned(launched) == 1
    kept = TaskHistory.objects.values_list("pk", flat=True)
    assert old.pk not in kept
    assert young.pk in kept


def test_an_active_run_is_never_deleted(launched):
    active = aged(launched(), OLD)
    cleaned(launched)
    assert TaskHistory.objects.filter(pk=active.pk).exists()


def test_log_lines_go_sooner_than_their_run(launched):
    run = aged(launched(), timedelta(days=40), status="SUCCESS")
    LogLine.objects.create(run=run, at=timezone.now() - timedelta(days=40), text="old")
    LogLine.objects.create(run=run, at=timezone.now() - timedelta(days=2), text="young")
    assert cleaned(launched) == 1
    assert [line.text for line in run.lines.all()] == ["young"]


def test_queries_and_manifests_go_after_a_year_and_what_was_confirmed_stays(launched):
    now = timezone.now()
    for age, text in ((400, "fax"), (10, "tenis")):
        at = now - timedelta(days=age)
        AskedQuery.objects.create(folded=text, text=text, first_at=at, last_at=at)
        manifest = Manifest.objects.create(name=text)
        Manifest.objects.filter(pk=manifest.pk).update(created_at=at)
        line = ManifestLine.objects.create(manifest=manifest, position=1, text=text)
        Classification.objects.create(query=text, code="8517.62.00.00", manifest_line=line)
    assert cleaned(launched) == 3
    assert AskedQuery.objects.get().text == "tenis"
    assert Manifest.objects.get().name == "tenis"
    assert Classification.objects.count() == 2


def test_the_task_result_of_an_old_run_goes_too(launched):
    TaskResult.objects.create(task_id="x", status="SUCCESS")
    TaskResult.objects.update(date_done=timezone.now() - OLD)
    assert cleaned(launched) == 1
    assert not TaskResult.objects.filter(task_id="x").exists()


def test_a_launch_may_name_its_own_days(launched):
    run = aged(launched(), timedelta(days=50), status="SUCCESS")
    other = aged(launched(), timedelta(days=30), status="SUCCESS")
    LogLine.objects.create(run=other, at=timezone.now() - timedelta(days=20), text="line")
    assert cleaned(launched, keep_runs_days=40, keep_log_days=10) == 2
    assert not TaskHistory.objects.filter(pk=run.pk).exists()
    assert not other.lines.exists()


@pytest.mark.parametrize("days", [0, -1, "30", 1.5, True, 10**9])
def test_days_that_cannot_be_delete_nothing(launched, days):
    """A schedule's parameters are typed by hand."""
    old = aged(launched(), OLD, status="SUCCESS")
    run = performed(launched, keep_runs_days=days)
    assert (run.status, run.error_code) == ("FAILURE", "bad_parameter")
    assert TaskHistory.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("days", [(90, 30), (30, 90), (40, 40), (1, 1), (36_500, 36_500)])
def test_what_is_due_is_what_a_cleanup_takes(launched, days):
    runs_days, lines_days = days
    for age in (10, 35, 45, 95):
        run = aged(launched(), timedelta(days=age), status="SUCCESS")
        for older in (0, 1, 50):
            at = timezone.now() - timedelta(days=age + older)
            LogLine.objects.create(run=run, at=at, text="line")
    expected = due(runs_days=runs_days, lines_days=lines_days)
    runs, lines = TaskHistory.objects.count(), LogLine.objects.count()
    cleaned(launched, keep_runs_days=runs_days, keep_log_days=lines_days)
    gone = runs + 1 - TaskHistory.objects.count(), lines - LogLine.objects.count()
    assert gone == (expected.runs, expected.lines)


def test_the_command_takes_the_same_days(launched):
    aged(launched(), timedelta(days=50), status="SUCCESS")
    with pytest.raises(SystemExit) as ended:
        call_command("cleanup", "--keep-runs-days", "40", "--json", stdout=StringIO())
    assert ended.value.code == 0
    assert TaskHistory.objects.get().parameters == {"keep_runs_days": 40}


@pytest.mark.parametrize("days", ["0", "-1", "many", "99999999"])
def test_the_command_refuses_days_that_cannot_be(days):
    with pytest.raises(CommandError, match="no number of days"):
        call_command("cleanup", f"--keep-log-days={days}")
