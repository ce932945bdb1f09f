"""The statistics page: pictures drawn by the server, and the figures beneath them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from admintools.console.statistics.tallies import Tally
from admintools.watch.models import JobHour, QueueHour

from .conftest import HTML

PAGE = "/admin/elasticsearch/statistics/"
NBSP = "\N{NO-BREAK SPACE}"
pytestmark = pytest.mark.django_db


def this_hour():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def hour():
    def make(ago=1, job="cleanup", runs=4, failures=0, **figures):
        told = {"duration_p50": 2.0, "duration_p95": 9.0, "wait_p50": 0.5, "wait_p95": 1.5}
        JobHour.objects.create(
            hour=this_hour() - timedelta(hours=ago),
            job=job,
            runs=runs,
            failures=failures,
            **told | figures,
        )
        depth(ago)

    return make


def depth(ago=1, queue="celery", waiting=0, messages=None):
    QueueHour.objects.update_or_create(
        hour=this_hour() - timedelta(hours=ago),
        queue=queue,
        defaults={"waiting": waiting, "messages": messages},
    )


def shown(client, address=PAGE):
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(page, label):
    """The cells of the row of that label."""
    (row,) = (row for row in re.findall(r"<tr>.*?</tr>", page, re.S) if label in row)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]


def test_before_the_first_hour_it_says_what_collects_them(boss):
    page = shown(boss)
    assert "Todavía no se ha recogido ninguna hora" in page
    assert "/admin/elasticsearch/launch/collect_statistics/" in page
    assert '<svg\n    class="is-hours"' not in page


def test_each_job_has_its_figures_and_a_link_to_its_own_page(boss, hour):
    hour(runs=1200, failures=3)
    page = shown(boss)
    assert cells(page, "Limpiar") == [
        "1,200", "3", f"2.0{NBSP}s", f"9.0{NBSP}s", f"0.5{NBSP}s", f"1.5{NBSP}s",
    ]  # fmt: skip
    assert 'href="?period=day&amp;job=cleanup"' in page


def test_a_job_that_is_no_more_keeps_its_figures(boss, hour):
    hour(job="bygone", duration_p50=None)
    assert cells(shown(boss), "bygone")[2] == "–"


def test_the_picture_of_the_runs_has_a_column_for_each_hour_and_says_it_in_words(boss, hour):
    hour(ago=1, runs=4, failures=2)
    hour(ago=3, runs=2)
    page = shown(boss)
    assert len(re.findall(r'<rect x="', page)) == 2
    assert len(re.findall(r'<rect\s+class="bad"', page)) == 1
    assert 'aria-label="Terminaron 6 ejecuciones; fallidas: 2."' in page


def test_of_one_job_durations_and_waits_are_drawn_over_time(boss, hour):
    for ago in (1, 2, 5):
        hour(ago=ago, duration_p50=ago, duration_p95=10.0 * ago)
    hour(job="rebuild_index")
    page = shown(boss, f"{PAGE}?job=cleanup")
    assert "Reconstruir el índice</a>" not in page
    lines = re.findall(r'<polyline class="(p\d\d)" points="([^"]+)"', page)
    # Broken where no run was.
    assert [(kind, len(points.split())) for kind, points in lines] == [
        ("p95", 1), ("p95", 2), ("p50", 1), ("p50", 2),
    ] * 2  # fmt: skip
    assert f"La mitad de las ejecuciones: 2.0{NBSP}s como máximo" in page


def test_a_job_without_runs_says_so(boss, hour):
    hour()
    assert shown(boss, f"{PAGE}?job=rebuild_index").count("Ninguna ejecución en este tiempo") == 3


def test_a_queue_that_held_something_is_drawn_and_others_are_not(boss, hour):
    hour()
    depth(ago=2, queue="events", waiting=0, messages=70)
    depth(ago=3, queue="events", waiting=9)
    page = shown(boss)
    assert "Como máximo 70 esperaban en la cola events." in page
    assert "en la cola celery" not in page


@pytest.mark.parametrize(
    ("period", "jobs"), [("day", {"a"}), ("week", {"a", "b"}), ("month", {"a", "b", "c"})]
)
def test_a_period_shows_its_hours_and_no_older_ones(boss, hour, period, jobs):
    for days, job in ((0, "a"), (6, "b"), (28, "c"), (31, "d")):
        hour(ago=1 + 24 * days, job=job)
    page = shown(boss, f"{PAGE}?period={period}")
    assert set(re.findall(r"&amp;job=([a-d])\"", page)) == jobs


def test_what_several_hours_make_together_is_the_hour_in_the_middle_and_the_worst():
    def tally(*hours):
        return Tally(
            [JobHour(runs=r, failures=0, duration_p50=m, duration_p95=h) for r, m, h in hours]
        )

    assert tally((5, 1.0, 2.0)).duration_p50 == 1.0
    several = tally((1, 9.0, 30.0), (8, 2.0, 4.0), (1, 1.0, 1.0))
    assert (several.runs, several.duration_p50, several.duration_p95) == (10, 2.0, 30.0)
    assert (tally().duration_p50, tally().wait_p95) == (None, None)


@pytest.mark.parametrize("asked", ["period=year", "job=nothing", "period=%00&job=%27"])
def test_a_wrong_choice_gets_a_sentence_and_the_usual_page(boss, hour, asked):
    hour()
    page = shown(boss, f"{PAGE}?{asked}")
    assert "Elija uno de la lista" in page
    assert cells(page, "Limpiar")


def test_who_may_not_launch_the_collection_is_not_offered_it(person, client_of):
    page = shown(client_of(person("view_console")))
    assert "launch/collect_statistics" not in page


def test_the_page_asks_the_database_a_bounded_number_of_times(
    boss, hour, django_assert_max_num_queries
):
    for ago in range(1, 12):
        hour(ago=ago, job=f"job{ago}")
    with django_assert_max_num_queries(8):
        shown(boss)
