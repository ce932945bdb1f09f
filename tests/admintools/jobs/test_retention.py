from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_results.models import TaskResult

from admintools.jobs.execution import perform
from admintools.jobs.models import LogLine, TaskHistory

# The work writes its progress on a connection of its own: a test in one transaction would block it.
pytestmark = pytest.mark.django_db(transaction=True)

OLD = timedelta(days=200)


def aged(run, age, **changes):
    TaskHistory.objects.filter(pk=run.pk).update(finished_at=timezone.now() - age, **changes)
    return run


def cleaned(launched):
    run = launched("cleanup")
    return perform(run.pk, 1, worker="w1").result


def test_old_runs_go_and_young_ones_stay(launched):
    old = aged(launched(), OLD, status="SUCCESS")
    young = aged(launched(), timedelta(days=89), status="SUCCESS")
    assert cleaned(launched) == {"deleted": 1}
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
    assert cleaned(launched) == {"deleted": 1}
    assert [line.text for line in run.lines.all()] == ["young"]


def test_the_task_result_of_an_old_run_goes_too(launched):
    TaskResult.objects.create(task_id="x", status="SUCCESS")
    TaskResult.objects.update(date_done=timezone.now() - OLD)
    assert cleaned(launched) == {"deleted": 1}
    assert not TaskResult.objects.filter(task_id="x").exists()
