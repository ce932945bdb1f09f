"""The items that a run could not do: its table, what becomes of each, and the file of all."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.jobs.models import Attempt, LogLine

CODE = "8517.13.00.00"


def lines(run, count, start=0, at=None, **fields):
    at = at or timezone.now()
    LogLine.objects.bulk_create(
        LogLine(run=run, at=at, text="line %(n)s.", params={"n": str(n)}, **fields)
        for n in range(start, start + count)
    )


@pytest.fixture
def run(make_run):
    return make_run(job="cleanup", status="FAILURE", epoch=1, started_at=timezone.now())


def file_of(client, run):
    answer = client.get(f"/admin/elasticsearch/runs/{run.task_id}/failed/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return answer, list(csv.reader(io.StringIO(text)))


def failed(page):
    return page.split('id="part-failed"')[1].split("</live-part>")[0]


def test_what_failed_is_listed_with_its_reason(boss, run):
    lines(run, 1)
    lines(run, 1, start=7, item="8517.13.00.00", code="mapper_parsing_exception")
    table = failed(boss.get(run.get_absolute_url()).content.decode())
    assert table.count('<tr role="row">') == 2
    for shown in ("8517.13.00.00", "line 7.", "mapper_parsing_exception"):
        assert shown in table


def test_an_item_that_failed_in_each_attempt_is_one_row(boss, run):
    for start in (1, 2, 3):
        lines(run, 1, start=start, item="8517.13.00.00")
    table = failed(boss.get(run.get_absolute_url()).content.decode())
    assert table.count('<tr role="row">') == 2
    assert ">3</td>" in table
    assert "line 3." in table


def test_a_hundred_are_shown_and_all_are_counted(boss, run):
    now = timezone.now()
    LogLine.objects.bulk_create(
        LogLine(run=run, at=now, text="x", item=f"item {n:04}") for n in range(2500)
    )
    table = failed(boss.get(run.get_absolute_url()).content.decode())
    assert table.count('<tr role="row">') == 101
    assert "(2,500)" in table
    assert "item 0099" in table
    assert "item 0100" not in table


def test_a_tariff_code_leads_to_its_line_for_who_may_see_it(boss, person, client_of, run):
    lines(run, 1, item="8517.13.00.00")
    address = "/admin/MiCasillero/partidaarancelaria/?q=8517.13.00.00"
    assert address in failed(boss.get(run.get_absolute_url()).content.decode())
    assert boss.get(address).status_code == 200
    other = client_of(person("view_console")).get(run.get_absolute_url()).content.decode()
    assert "8517.13.00.00" in failed(other)
    assert address not in other


def test_a_run_without_failures_has_no_such_table(boss, run):
    lines(run, 3)
    assert "<table" not in failed(boss.get(run.get_absolute_url()).content.decode())


@pytest.mark.parametrize(
    ("status", "again", "situation"),
    [
        ("FAILURE", False, "Pendiente"),
        ("SUCCESS", False, "Resuelta"),
        ("SUCCESS", True, "Quedó fuera"),
        ("PROGRESS", False, "Se está reintentando"),
        ("PROGRESS", True, "Pendiente"),
        ("RETRY", True, "Se reintenta a las"),
    ],
)
def test_each_item_says_what_becomes_of_it(boss, make_run, status, again, situation):
    """``again``: it failed in the newest attempt too, not only in the one before."""
    now = timezone.now()
    run = make_run(status=status, epoch=2, attempt=2, started_at=now, next_attempt_at=now)
    Attempt.objects.create(run=run, number=2, epoch=2)
    lines(run, 1, at=now - timedelta(minutes=1), item=CODE)
    if again:
        lines(run, 1, at=now + timedelta(minutes=1), item=CODE)
    assert situation in failed(boss.get(run.get_absolute_url()).content.decode())


def test_the_file_has_them_all(boss, run):
    LogLine.objects.bulk_create(
        LogLine(run=run, at=timezone.now(), text="x", item=f"item {n:04}") for n in range(250)
    )
    answer, (header, *rows) = file_of(boss, run)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert header[0] == "Partida"
    assert [row[0] for row in rows] == [f"item {n:04}" for n in range(250)]


def test_no_spreadsheet_executes_the_file(boss, run):
    lines(run, 1, item="=1+1", code="@x")
    _answer, (_header, row) = file_of(boss, run)
    assert row[:2] == ["'=1+1", "'@x"]
