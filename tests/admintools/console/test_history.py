"""The history: what its filters and its search find, and what a wrong value is told."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import timezone, translation

from admintools.console.history import values
from admintools.console.history.views import PER_PAGE
from admintools.jobs.execution import UNEXPECTED
from admintools.jobs.models import TaskHistory

TASKS = "/admin/elasticsearch/tasks/"
NOON = timezone.make_aware(datetime(2026, 11, 18, 12))


def ask(client, **asked):
    return client.get(f"{TASKS}?{urlencode(asked)}")


def found(client, **asked):
    """The ids of the runs on the page, in its order."""
    answer = ask(client, **asked)
    assert answer.status_code == 200, answer.context["form"].errors
    return [run["task_id"] for run in answer.context["runs"]]


def sentences(client, **asked):
    """What the page says is wrong; it must be in the page."""
    answer = ask(client, **asked)
    assert answer.status_code == 400
    told = [sentence for each in answer.context["form"].errors.values() for sentence in each]
    assert told
    assert all(sentence in answer.content.decode() for sentence in told)
    return told


# ---- filters ------------------------------------------------------------------------------------


@pytest.fixture
def three(make_run):
    """A rebuild that succeeded, a cleanup that failed, one that waits."""
    done = make_run(status="SUCCESS", created_at=NOON, initiated_by="Ana López", source="console")
    failed = make_run(
        job="cleanup", status="FAILURE", created_at=NOON + timedelta(days=1), source="schedule",
        initiated_by="Limpieza diaria", error_code="unexpected", error_message=UNEXPECTED,
        error_params={"kind": "KeyError"},
    )  # fmt: skip
    waiting = make_run(job="cleanup", created_at=NOON + timedelta(days=2), initiated_by="eva")
    return {"done": done.task_id, "failed": failed.task_id, "waiting": waiting.task_id}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["waiting", "failed", "done"]),
        ({"job": "cleanup"}, ["waiting", "failed"]),
        ({"state": "done"}, ["done"]),
        ({"state": "failed"}, ["failed"]),
        ({"state": "cancelled"}, []),
        ({"state": "active"}, ["waiting"]),
        ({"state": "waiting"}, ["waiting"]),
        ({"state": "running"}, []),
        ({"source": "schedule"}, ["failed"]),
        ({"job": "cleanup", "state": "failed", "source": "console"}, []),
        ({"since": "2026-11-19"}, ["waiting", "failed"]),
        ({"until": "2026-11-19"}, ["failed", "done"]),
        ({"since": "2026-11-19", "until": "2026-11-19"}, ["failed"]),
        ({"q": "ana"}, ["done"]),
        ({"q": " LOPEZ "}, ["done"]),
        ({"q": "diaria", "state": "done"}, []),
        ({"q": "unexp"}, ["failed"]),
        ({"q": "nadie"}, []),
        ({"q": "\u0301"}, []),
    ],
)
def test_filters(boss, three, asked, expected):
    assert found(boss, **asked) == [three[name] for name in expected]


def test_a_day_begins_at_midnight_of_the_sites_time_zone(boss, make_run):
    midnight = timezone.make_aware(datetime(2026, 11, 18))
    make_run(status="SUCCESS", created_at=midnight - timedelta(microseconds=1))
    first = make_run(job="cleanup", status="SUCCESS", created_at=midnight)
    assert found(boss, since="2026-11-18") == [first.task_id]


def test_the_search_finds_the_start_of_an_id_and_not_its_middle(boss, three):
    task_id = three["done"]
    assert found(boss, q=task_id) == [task_id]
    assert found(boss, q=task_id[:9].upper()) == [task_id]
    assert found(boss, q=task_id[9:]) == []


def test_the_search_finds_an_error_as_its_reader_sees_it(boss, three):
    with translation.override("es-hn"):
        seen = translation.gettext(UNEXPECTED)
    assert seen != UNEXPECTED
    assert found(boss, q=seen[:20]) == [three["failed"]]
    assert found(boss, q="unexpected error") == [three["failed"]]


def test_what_varies_in_an_error_is_not_searched_as_the_page_says(boss, three):
    assert found(boss, q="KeyError") == found(boss, q="kind") == []
    boss.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "text without the names and numbers in it" in ask(boss).content.decode()


def test_an_error_longer_than_its_index_entry_is_found_by_its_end(boss, make_run):
    text = "a" * 300 + " the very end"
    run = make_run(status="FAILURE", error_code="x", error_message=text)
    assert found(boss, q="very end") == [run.task_id]


def test_a_run_found_in_two_ways_is_shown_once(boss, make_run):
    run = make_run(status="FAILURE", initiated_by="lost", error_code="lost", error_message="Lost")
    assert found(boss, q="lost") == [run.task_id]


def test_where_there_are_too_many_names_the_page_says_what_it_left_out(boss, three, monkeypatch):
    assert ask(boss, q="ana").context["complete"]
    monkeypatch.setattr(values, "MOST", 2)
    assert not ask(boss, q="ana").context["complete"]


def test_a_job_that_no_longer_exists_can_still_be_chosen(boss, make_run):
    run = make_run(status="SUCCESS")
    TaskHistory.objects.filter(pk=run.pk).update(job="old_job")
    assert found(boss, job="old_job") == [run.task_id]


def test_the_filters_stand_in_the_form_again(boss, three):
    page = ask(boss, q="<b>ana</b>", job="cleanup", since="2026-11-01").content.decode()
    assert 'value="&lt;b&gt;ana&lt;/b&gt;"' in page
    assert '<option value="cleanup" selected>' in page
    assert 'value="2026-11-01"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job", "nope"),
        ("job", "<script>alert(1)</script>"),
        ("job", "\x00"),
        ("job", "x" * 5000),
        ("state", "SUCCESS"),
        ("source", "' or 1=1 --"),
        ("since", "yesterday"),
        ("since", "2026-13-45"),
        ("since", "0001-01-01"),
        ("until", "9999-12-31"),
        ("until", "9" * 400),
        ("until", "2026-11-20\x00"),
        ("q", "a\x00b"),
        ("q", "x" * 201),
    ],
)
def test_a_wrong_value_gets_a_sentence(boss, field, value):
    sentences(boss, **{field: value})


def test_days_in_the_wrong_order_get_a_sentence(boss):
    sentences(boss, since="2026-11-20", until="2026-11-19")


def test_hostile_text_is_shown_as_text(boss):
    page = ask(boss, q="<script>alert(1)</script>", job="<img src=x>").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "q", ["%", "_", "\\", "'", '"', "%(n)s", "\ud83d\ude00", "ﬁ" * 90, "(" * 200]
)
def test_odd_text_is_searched_as_text(boss, three, q):
    assert found(boss, q=q.encode("utf-16", "surrogatepass").decode("utf-16")) == []


# ---- live ---------------------------------------------------------------------------------------


def test_only_what_still_moves_is_live(boss, make_run):
    make_run(job="cleanup", status="SUCCESS", finished_at=timezone.now())
    assert "<live-status" not in ask(boss).content.decode()
    run = make_run(job="cleanup", status="PROGRESS", epoch=1, done=1, total=4)
    page = ask(boss).content.decode()
    assert "data-list" in page
    assert page.count("<run-progress") == 1
    assert f'data-run="{run.task_id}"' in page
    assert 'aria-valuenow="25"' in page
    assert "<live-status" not in ask(boss, state="done").content.decode()


# ---- indexes ------------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "admintools_run_newest"),
        ({"job": "cleanup"}, "admintools_run_of_job"),
        ({"status": "FAILURE"}, "admintools_run_in_status"),
        ({"source": "console"}, "admintools_run_of_source"),
        ({"initiated_by__in": ["ana"]}, "admintools_run_by"),
    ],
)
def test_each_list_comes_in_order_from_its_index(db, asked, index):
    rows = TaskHistory.objects.filter(**asked).older_than(NOON, 5).newest_first()[:PER_PAGE]
    plan = rows.explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_the_different_values_are_read_without_the_empty_one(three):
    assert values.different(values.CODES) == ["unexpected"]
    assert values.different(values.JOBS) == ["cleanup", "rebuild_index"]
    assert values.different(values.ERROR_STARTS) == [UNEXPECTED[:200]]
    assert len(values.different(values.NAMES, most=2)) == 2
