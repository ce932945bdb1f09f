"""A day's events, counted, without telling of anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from micasillero.events.summary import bounds, summary
from micasillero.personal import HIDDEN

from .rows import DAY, at, event, searched

pytestmark = pytest.mark.django_db
PEOPLE = ("ana", "beto", "carla")


def of_day(most=5, least_people=3):
    return summary(DAY, most=most, least_people=least_people)


def test_a_day_without_events_is_counted_too():
    told = of_day()
    assert told["types"] == {"search": 0, "impression": 0, "selection": 0, "declaration": 0}
    assert told["hours"] == [[0, 0]] * 24
    assert (told["missed"], told["asked"], told["chosen"]) == (0, 0, 0)
    assert told["top"] == told["without_result"] == []


def test_events_are_counted_by_type_and_by_the_hour_of_the_site():
    for kind in ("search", "impression", "selection", "declaration"):
        event(kind, occurred_at=at(7, 59))
    event("search", occurred_at=at(8))
    with timezone.override("UTC"):  # whatever the reader's is
        told = of_day()
    assert told["types"] == {"search": 2, "impression": 1, "selection": 1, "declaration": 1}
    assert told["hours"][7] == [1, 3]
    assert told["hours"][8] == [1, 0]
    assert sum(map(sum, told["hours"])) == 5


def test_a_day_begins_and_ends_at_midnight_of_the_site():
    start, end = bounds(DAY)
    assert timezone.localtime(start).hour == timezone.localtime(end).hour == 0
    moment = timedelta(microseconds=1)
    for when in (start - moment, start, end - moment, end):
        event(occurred_at=when)
    told = of_day()
    assert told["types"]["search"] == 2
    assert told["hours"][0] == told["hours"][23] == [1, 0]


def test_the_queries_asked_most_come_first():
    searched("tenis", *PEOPLE)
    searched("foco", *PEOPLE, *PEOPLE)
    assert of_day()["top"] == [
        {"query": "foco", "times": 6, "people": 3},
        {"query": "tenis", "times": 3, "people": 3},
    ]
    assert [row["query"] for row in of_day(most=1)["top"]] == ["foco"]


def test_capitals_make_no_other_query():
    searched("Tenis", "ana", "beto")
    searched("tenis", "carla")
    assert of_day()["top"] == [{"query": "tenis", "times": 3, "people": 3}]


def test_a_query_of_too_few_people_is_not_told_however_often_they_ask():
    searched("regalo para maria lopez", "ana", "ana", "ana", "beto")
    assert of_day()["top"] == []
    assert of_day(least_people=2)["top"][0]["times"] == 4


def test_events_without_a_person_do_not_count_as_people():
    searched("tenis", "", "", "ana", "beto")
    assert of_day()["top"] == []


@pytest.mark.parametrize(
    "query",
    [
        "ana.lopez@example.hn",
        "ana @ example",
        "ana lopez gmail com",
        "+504 9988-7766",
        "dni 0801 1990 12345",
        f"paquete de {HIDDEN}",
    ],
)
def test_what_looks_like_personal_data_is_never_told(query):
    searched(query, *PEOPLE, results=0)
    searched("tenis", *PEOPLE, results=0)
    told = of_day()
    assert [row["query"] for row in told["top"]] == ["tenis"]
    assert [row["query"] for row in told["without_result"]] == ["tenis"]


def test_a_tariff_code_is_no_telephone():
    searched("6404.11.90", *PEOPLE)
    searched("9988-7766", *PEOPLE)
    assert [row["query"] for row in of_day()["top"]] == ["6404.11.90"]


def test_it_takes_the_place_of_none_that_may_be_told():
    for number in range(4):
        searched(f"persona{number}@example.hn", *PEOPLE, *PEOPLE)
    searched("tenis", *PEOPLE)
    assert [row["query"] for row in of_day(most=1)["top"]] == ["tenis"]


def test_queries_that_found_nothing_are_told_apart():
    searched("zorbatrón", *PEOPLE, results=0)
    searched("tenis", *PEOPLE)
    told = of_day()
    assert told["missed"] == 3
    assert told["without_result"] == [{"query": "zorbatrón", "times": 3, "people": 3}]


def test_a_choice_counts_for_the_query_of_its_session_once():
    searched("tenis", "ana", "ana", "beto")
    searched("foco", "ana")
    event("selection", query="tenis", session="ana")
    event("selection", query="tenis", session="ana")
    event("selection", query="sin busqueda", session="carla")
    told = of_day()
    assert (told["asked"], told["chosen"]) == (3, 1)


def test_it_asks_four_queries(django_assert_num_queries):
    searched("tenis", *PEOPLE)
    with django_assert_num_queries(4):
        of_day()
