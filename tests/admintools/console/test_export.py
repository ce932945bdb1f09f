"""The history as CSV: every filtered run, no cell that a spreadsheet would execute."""

import csv
import io
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.utils import timezone

from admintools.console.history import views
from admintools.console.history.export import Export
from admintools.console.spreadsheet import BOM, inert, line
from admintools.jobs import queues
from admintools.jobs.models import QueuePause, TaskHistory

EXPORT = "/admin/elasticsearch/tasks/export/"
FORMULA = "=cmd|'/c calc'!A0"


def text_of(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def rows_of(text, **dialect):
    """The lines as Excel cuts them, without the mark at the start."""
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), **dialect))


def exported(client, **asked):
    return rows_of(text_of(client.post(EXPORT, asked)))


# ---- cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "⁼", "﹢"])
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\r", "\n", "\r\n", "\N{NO-BREAK SPACE}", "\ufeff", "\u200b", "\x00"]
)
def test_no_cell_begins_a_formula(sign, before):
    cell = inert(f"{before}{sign}1+1")
    assert cell.startswith("'")
    assert cell.endswith(f"{sign}1+1")


@pytest.mark.parametrize("separator", [";", ",", "; ", ';"', ";\n", ";\t"])
def test_no_second_cell_begins_a_formula_where_the_separator_is_another(separator):
    text = line(["harmless", f"text{separator}=1+1"])
    for delimiter in ";,\t":
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            assert not any(cell.lstrip(' "').startswith("=") for cell in row)


@pytest.mark.parametrize("breaks", ["\n", "\r", "\r\n", "\t", "\u2028", "\x85", "\x00"])
def test_a_cell_stays_on_its_line(breaks):
    assert inert(f"one{breaks}=two") == "one =two"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Reconstruir índice", "Reconstruir índice"),
        ("a|b, c; d", "a|b, c; d"),
        ("mail@example.com", "mail@example.com"),
        ("1-2=3", "1-2=3"),
        (7494, "7494"),
        (0, "0"),
        (None, ""),
        ("", ""),
        (" ", " "),
    ],
)
def test_what_is_harmless_is_left_as_it_is(value, cell):
    assert inert(value) == cell


def test_every_cell_stands_in_quotes():
    assert line(['say "hi"', 3, None]) == '"say ""hi""","3",""\r\n'


# ---- the file -----------------------------------------------------------------------------------


@pytest.fixture
def hostile(make_run):
    return make_run(
        status="FAILURE", initiated_by=FORMULA, error_code="@SUM(A1)", worker="\t=1",
        error_message="=HYPERLINK(\"http://x\",\"y\")\r\n+1", parameters={"a": "=1"},
        started_at=timezone.now() - timedelta(seconds=90), finished_at=timezone.now(),
    )  # fmt: skip


def test_a_hostile_run_leaves_no_formula_in_the_file(boss, hostile):
    text = text_of(boss.post(EXPORT))
    for delimiter in ",;\t":
        for row in rows_of(text, delimiter=delimiter):
            assert not [cell for cell in row if cell.lstrip(' "').startswith(("=", "+", "-", "@"))]
    assert FORMULA in text  # shown, behind its apostrophe


def test_the_file_holds_the_runs_of_all_pages_newest_first(boss, make_run):
    runs = [make_run(job="cleanup", status="SUCCESS", initiated_by=f"p{n}") for n in range(60)]
    header, *lines = exported(boss)
    assert [row[0] for row in lines] == [run.task_id for run in reversed(runs)]
    assert {len(row) for row in lines} == {len(header)}


def test_the_file_obeys_the_filters(boss, make_run):
    make_run(job="cleanup", status="SUCCESS", initiated_by="ana")
    failed = make_run(job="cleanup", status="FAILURE", initiated_by="ana")
    make_run(job="rebuild_index", status="FAILURE")
    _header, *lines = exported(boss, state="failed", q="ana")
    assert [row[0] for row in lines] == [failed.task_id]


def test_times_figures_and_words_are_as_a_reader_wants_them(boss, make_run):
    start = timezone.now().replace(microsecond=0)
    run = make_run(
        status="SUCCESS", started_at=start, finished_at=start + timedelta(seconds=61.5),
        done=7494, total=7494, result={"documents": 7494},
    )  # fmt: skip
    _header, row = exported(boss)
    assert timezone.localtime(start).strftime("%Y-%m-%d %H:%M:%S") in row
    assert {"61.5", "7494", "Correcta", '{"documents": 7494}', run.label} <= set(row)


def test_a_run_that_waits_in_a_paused_queue_is_paused_as_its_page_says(boss, make_run):
    run = make_run(published_at=timezone.now())
    QueuePause.objects.create(queue=run.queue, paused_by="ana")
    queues.forget()
    _header, row = exported(boss)
    assert "En pausa" in row
    assert "En pausa" in boss.get(run.get_absolute_url()).content.decode()


def test_it_comes_as_a_file_that_no_browser_takes_for_a_page(boss, make_run):
    make_run(status="SUCCESS")
    answer = boss.post(EXPORT)
    assert isinstance(answer, StreamingHttpResponse)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_the_first_byte_waits_for_no_run(make_run, django_assert_num_queries):
    make_run(status="SUCCESS")
    pieces = iter(Export([TaskHistory.objects.all()]))
    with django_assert_num_queries(0):
        assert next(pieces).startswith(BOM)


@pytest.mark.parametrize(("runs", "most", "lines"), [(5, 5, 5), (6, 5, 6), (4, 5, 4), (0, 5, 0)])
def test_a_file_that_is_cut_says_so(make_run, runs, most, lines):
    for _run in range(runs):
        make_run(job="cleanup", status="SUCCESS")
    text = "".join(Export([TaskHistory.objects.all()], most=most, at_once=2))
    _header, *rows = rows_of(text)
    assert len(rows) == lines
    cut = [row for row in rows if len(row) == 1]
    assert len(cut) == (runs > most)
    assert all(f"{most}" in row[0] for row in cut)


def test_the_page_says_how_much_a_file_holds(boss, make_run, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 1)
    for _run in range(2):
        make_run(job="cleanup", status="SUCCESS")
    assert "100,000" in boss.get("/admin/elasticsearch/tasks/").content.decode()


def test_under_asgi_it_is_read_piece_by_piece(boss, make_run):
    runs = [make_run(job="cleanup", status="SUCCESS") for _run in range(5)]
    client = AsyncClient()
    client.cookies = boss.cookies

    async def ask():
        answer = await client.post(EXPORT)
        assert answer.is_async
        return b"".join([piece async for piece in answer.streaming_content]).decode()

    _header, *lines = rows_of(async_to_sync(ask)())
    assert [row[0] for row in lines] == [run.task_id for run in reversed(runs)]


# ---- who may, and what is kept of it ------------------------------------------------------------


def test_an_export_is_noted_with_its_filters(boss, make_run):
    make_run(status="SUCCESS")
    text_of(boss.post(EXPORT, {"state": "done", "q": "ana"}))
    entry = LogEntry.objects.get()
    assert "q=ana, state=done" in entry.change_message
    assert entry.user.username == "jefa"
    assert str(entry)  # the admin's own page lists it


@pytest.mark.parametrize(
    "asked", [{"job": "nope"}, {"since": "x"}, {"q": "a\x00"}, {"until": "9999-12-31"}]
)
def test_wrong_filters_give_the_page_with_a_sentence_and_no_file(boss, asked):
    answer = boss.post(EXPORT, asked)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not LogEntry.objects.exists()


def test_a_foreign_form_gets_no_file(boss):
    client = Client(enforce_csrf_checks=True)
    client.cookies = boss.cookies
    assert client.post(EXPORT).status_code == 403


def test_the_button_is_there_only_for_who_may(person, client_of, make_run):
    make_run(status="SUCCESS")
    pages = [
        client_of(user).get("/admin/elasticsearch/tasks/").content.decode()
        for user in (person("view_console"), person("view_console", "export_runs", name="eva"))
    ]
    assert [EXPORT in page for page in pages] == [False, True]
