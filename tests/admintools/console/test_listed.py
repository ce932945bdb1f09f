"""A row of a list says of a run what its own page says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.console.listed import listed
from admintools.console.presentation import outcome, took
from admintools.console.responses import run_object

PRINTED = ("task_id", "run_url", "label", "initiated_by", "created_at", "state", "icon", "tone")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "SUCCESS", "result": {"documents": 7494, "verified": True}},
        {"status": "FAILURE", "error_code": "boom", "error_message": "It broke."},
        {"status": "REVOKED", "done": 3, "total": 10},
    ],
)
def test_of_a_run_that_ended(make_run, fields):
    now = timezone.now()
    run = make_run(started_at=now - timedelta(seconds=7), finished_at=now, **fields)
    row, told = listed(run), run_object(run)
    assert {key: row[key] for key in PRINTED} == {key: told[key] for key in PRINTED}
    assert not row["active"]
    assert row["texts"]["badge"] == told["texts"]["badge"]
    assert (row["took"], row["outcome"]) == (took(told), outcome(told))


def test_of_a_run_whose_job_is_gone(make_run):
    run = make_run(status="SUCCESS")
    run.job = "gone"
    assert listed(run)["label"] == run_object(run)["label"] == run.task_name


def test_of_an_active_run_it_has_all_that_moves_by_push(make_run):
    run = make_run(status="PROGRESS", epoch=1, done=3, total=10)
    row = listed(run)
    assert row["active"]
    assert (row["progress"], row["has_bar"], row["took"]) == (30, True, "")
