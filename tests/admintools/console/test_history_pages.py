"""The history page by page: every run on one of them, and each stands still."""

from datetime import timedelta

import pytest

from admintools.console.history import search
from admintools.console.history.keyset import Place
from admintools.console.history.views import PER_PAGE
from admintools.jobs.models import TaskHistory

from .test_history import NOON, TASKS, ask, found, sentences


@pytest.fixture
def many(make_run):
    """So many runs, a minute apart, newest first; some within the same instant."""

    def make(count, **fields):
        first = make_run(job="cleanup", status="SUCCESS", **fields)
        rows = []
        for number in range(count):
            row = TaskHistory.objects.get(pk=first.pk)
            row.pk, row.task_id = None, f"{number:08x}-0000-4000-8000-000000000000"
            rows.append(row)
        rows = TaskHistory.objects.bulk_create(rows)
        first.delete()
        for row in rows:
            row.created_at = NOON - timedelta(minutes=row.pk // 3)
        TaskHistory.objects.bulk_update(rows, ["created_at"])
        return sorted(rows, key=Place.of, reverse=True)

    return make


def links(answer):
    shown = answer.context["page"]
    return shown.newer, shown.older


def test_every_run_is_on_exactly_one_page(boss, many):
    runs = many(2 * PER_PAGE + 7)
    seen, place = [], ""
    for _page in range(3):
        answer = ask(boss, before=place)
        seen += [run["task_id"] for run in answer.context["runs"]]
        place = answer.context["page"].older
    assert seen == [run.task_id for run in runs]
    assert place is None


def test_going_newer_comes_back_to_the_same_runs(boss, many):
    many(3 * PER_PAGE)
    second = ask(boss, before=ask(boss).context["page"].older)
    third = ask(boss, before=second.context["page"].older)
    back = ask(boss, after=third.context["page"].newer)
    assert back.context["runs"] and links(back) == links(second)
    assert found(boss, after=third.context["page"].newer) == [
        run["task_id"] for run in second.context["runs"]
    ]


def test_a_page_from_a_link_shows_the_same_after_new_runs(boss, many, make_run):
    many(PER_PAGE + 5)
    place = ask(boss).context["page"].older
    before = found(boss, before=place)
    make_run(job="cleanup", status="SUCCESS")
    assert len(before) == 5
    assert found(boss, before=place) == before


def test_the_first_page_has_no_newer_and_the_last_no_older(boss, many):
    many(PER_PAGE + 1)
    first = ask(boss)
    last = ask(boss, before=first.context["page"].older)
    assert links(first)[0] is None
    assert links(last)[1] is None
    assert 'rel="next"' in first.content.decode()
    assert 'rel="prev"' in last.content.decode()


def test_less_than_a_page_of_newer_runs_shows_a_whole_one(boss, many):
    runs = many(PER_PAGE + 5)
    assert found(boss, after=Place.of(runs[3])) == [run.task_id for run in runs[:PER_PAGE]]


def test_the_links_keep_the_filters(boss, many):
    many(PER_PAGE + 1)
    page = ask(boss, job="cleanup", q="consola y más").content.decode()
    assert "job=cleanup" not in page  # nothing found, no links
    page = ask(boss, job="cleanup", state="done").content.decode()
    assert 'href="?job=cleanup&amp;state=done&amp;before=' in page


def test_below_the_last_run_the_page_says_so(boss, many):
    runs = many(2)
    page = ask(boss, before=Place.of(runs[-1])).content.decode()
    assert "No hay ejecuciones más antiguas" in page or "There are no older runs" in page


@pytest.mark.parametrize(
    "place", ["x", "1", "-1-1", "1-1-1", "9" * 40, "1_0-1", "١-1", "1-1\x00", "9" * 18 + "-1"]
)
def test_a_damaged_place_gets_a_sentence(boss, place):
    sentences(boss, before=place)
    sentences(boss, after=place)


def test_the_greatest_place_is_answered(boss, many):
    runs = many(1)
    assert found(boss, before="9" * 17 + "-" + "9" * 18) == [runs[0].task_id]


def test_the_page_counts_nothing_and_skips_nothing(boss, many, django_assert_max_num_queries):
    many(PER_PAGE + 1)
    boss.get(TASKS)
    with django_assert_max_num_queries(20) as queries:
        ask(boss, before=Place(NOON, 1), state="done", job="cleanup")
    told = " ".join(query["sql"].upper() for query in queries)
    assert "OFFSET" not in told
    assert 'COUNT(*) AS "__COUNT"' not in told


@pytest.mark.parametrize("names", [2, search.NARROW + 3])
def test_a_search_is_paged_as_any_list(boss, many, names):
    runs = many(3 * PER_PAGE + 3)
    for number, run in enumerate(runs):
        run.initiated_by = f"persona {number % names}"
    TaskHistory.objects.bulk_update(runs, ["initiated_by"])
    pages, place = [], ""
    for _page in range(3):
        pages.append(ask(boss, q="persona", before=place))
        place = pages[-1].context["page"].older
    shown = [run["task_id"] for page in pages for run in page.context["runs"]]
    assert shown == [run.task_id for run in runs[: 3 * PER_PAGE]]
    back = found(boss, q="persona", after=pages[2].context["page"].newer)
    assert back == shown[PER_PAGE : 2 * PER_PAGE]
