"""The log of a run, which may be long."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from admintools.console.runs.lines import PER_PAGE, SHOWN
from admintools.jobs import queues
from admintools.jobs.models import LogLine

from .conftest import HTML, JSON

LONG = 12_000
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(queues, "PAUSES_FRESH_FOR", -1.0)


def log_of(run):
    return f"/admin/elasticsearch/runs/{run.task_id}/log/"


def lines(run, count, start=0, **fields):
    now = timezone.now()
    LogLine.objects.bulk_create(
        LogLine(run=run, at=now + timedelta(milliseconds=n), text="line %(n)s.",
                params={"n": str(n)}, **fields)
        for n in range(start, start + count)
    )  # fmt: skip


@pytest.fixture
def run(make_run):
    return make_run(job="cleanup", status="FAILURE", epoch=1, started_at=timezone.now())


@pytest.fixture
def long(run):
    """A run of LONG lines, each hundredth a warning."""
    now = timezone.now()
    LogLine.objects.bulk_create(
        LogLine(run=run, at=now + timedelta(milliseconds=n), text="line %(n)s.",
                params={"n": str(n)}, level="warning" if n % 100 == 0 else "info")
        for n in range(LONG)
    )  # fmt: skip
    return run


def told(client, run, **asked):
    return client.get(log_of(run), asked, headers=JSON).json()


def numbers(page):
    return [int(line["text"].removeprefix("line ").rstrip(".")) for line in page["lines"]]


def test_a_log_of_many_lines_costs_a_page_no_more_than_one_of_three_hundred(boss, make_run, long):
    short = make_run(job="cleanup", status="FAILURE", epoch=1, started_at=timezone.now())
    lines(short, 300)
    boss.get(short.get_absolute_url())
    for address in (short.get_absolute_url, lambda: log_of(short)):
        asked = address()
        with CaptureQueriesContext(connection) as few:
            boss.get(asked, headers=HTML)
        with CaptureQueriesContext(connection) as many:
            answer = boss.get(asked.replace(short.task_id, long.task_id), headers=HTML)
        assert answer.status_code == 200
        # A page of 500 lines instead of 300 asks no more of the database.
        assert len(many) <= len(few) <= 30
        assert answer.content.count(b"data-id=") <= PER_PAGE


def test_the_run_page_has_the_end_of_the_log(boss, long):
    page = boss.get(long.get_absolute_url()).content.decode()
    assert page.count("<li data-id=") == SHOWN
    assert f"line {LONG - 1}." in page
    assert f'href="{log_of(long)}"' in page


def test_every_line_is_on_one_page_going_back(boss, run):
    lines(run, 2 * PER_PAGE + 7)
    seen, page = [], told(boss, run)
    assert page["newer"] is None
    while True:
        seen = numbers(page) + seen
        if page["older"] is None:
            break
        page = told(boss, run, before=page["older"])
    assert seen == list(range(2 * PER_PAGE + 7))


def test_every_line_is_on_one_page_going_forward(boss, run):
    lines(run, 2 * PER_PAGE + 7)
    seen, page = [], told(boss, run, after=0)
    assert page["older"] is None
    while True:
        seen += numbers(page)
        if page["newer"] is None:
            break
        page = told(boss, run, after=page["newer"])
    assert seen == list(range(2 * PER_PAGE + 7))


def test_a_page_stays_the_same_while_lines_are_added(boss, run):
    lines(run, PER_PAGE + 50)
    older = told(boss, run)["older"]
    before = numbers(told(boss, run, before=older))
    lines(run, 10, start=5000)
    assert numbers(told(boss, run, before=older)) == before == list(range(50))


def test_the_level_leaves_out_what_is_less_serious(boss, run):
    lines(run, 3)
    lines(run, 2, start=10, level="warning")
    lines(run, 1, start=20, level="error")
    assert numbers(told(boss, run, level="warning")) == [10, 11, 20]
    assert numbers(told(boss, run, level="error")) == [20]
    assert len(numbers(told(boss, run, level="nonsense"))) == 6


def test_links_keep_the_level(boss, run):
    lines(run, PER_PAGE + 1, level="error")
    page = boss.get(log_of(run), {"level": "error"}, headers=HTML).content.decode()
    assert "?level=error&amp;before=" in page


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 40, "²", "\x00", "1.5"])
def test_an_odd_place_is_none(boss, run, odd):
    lines(run, 3)
    for name in ("before", "after"):
        assert len(told(boss, run, **{name: odd})["lines"]) == 3


def test_the_log_of_another_run_stays_out(boss, run, make_run):
    lines(run, 3)
    lines(make_run(job="cleanup"), 4)
    assert len(told(boss, run)["lines"]) == 3
    assert b"".join(boss.get(log_of(run), {"format": "text"})).count(b"\n") == 3


def test_the_file_has_every_line_once_in_order(boss, long):
    answer = boss.get(log_of(long), {"format": "text"})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="cleanup-{long.pk}.log"'
    file = b"".join(answer).decode().splitlines()
    assert [row.rsplit(" ", 1)[1] for row in file] == [f"{n}." for n in range(LONG)]
    warnings = b"".join(boss.get(log_of(long), {"format": "text", "level": "warning"}))
    assert warnings.count(b"\n") == LONG // 100


def test_the_file_is_in_the_readers_language(boss, run):
    lines(run, 1)
    LogLine.objects.update(text="There is no file %(name)s.", params={"name": "x"})
    assert "No existe el archivo x." in b"".join(boss.get(log_of(run), {"format": "text"})).decode()


def test_a_line_cannot_pass_for_two(boss, run):
    lines(run, 1)
    LogLine.objects.update(text="first\n2026-01-01 ERROR forged", item="a\r\nb", params={})
    assert len(b"".join(boss.get(log_of(run), {"format": "text"})).splitlines()) == 1


def test_no_line_is_shown_as_markup(boss, run):
    lines(run, 1)
    LogLine.objects.update(text=HOSTILE, item=HOSTILE, code=HOSTILE)
    for address in (log_of(run), run.get_absolute_url()):
        page = boss.get(address, headers=HTML).content.decode()
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


def test_a_line_about_one_item_begins_with_its_name(boss, run):
    lines(run, 1, item="8517.13.00.00")
    assert told(boss, run)["lines"][0]["text"] == "8517.13.00.00: line 0."
