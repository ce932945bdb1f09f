"""The review of keywords: which come first, what is decided, and who was first."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import Keyword, Status
from micasillero.quality import asked

from .conftest import JSON

QUEUE = reverse("admin:console_review")
DECIDE = reverse("admin:console_review_decide")


@pytest.fixture
def reviewer(person):
    return person("view_console", "review_keywords")


@pytest.fixture
def client(reviewer, client_of):
    return client_of(reviewer)


@pytest.fixture
def other(person):
    return person("review_keywords", name="eva")


@pytest.fixture
def make(db):
    def keyword(text, code="6404.11.00.00", **fields):
        line, _new = PartidaArancelaria.objects.get_or_create(
            item_no=code, defaults={"descripcion": "Calzado", "is_leaf": True}
        )
        told = {"language": "es", "source": "ai", "verdict": "doubtful", **fields}
        return Keyword.objects.create(partida=line, text=text, **told)

    return keyword


def shown(answer):
    return re.findall(r'data-text="([^"]*)"', answer.content.decode())


def status(keyword):
    return Keyword.objects.get(pk=keyword.pk).status


def post(client, **fields):
    return client.post(DECIDE, fields, headers=JSON)


# --- the queue


def test_the_most_searched_come_first_then_the_order_of_the_tariff(client, make):
    make("zapatilla", code="6404.19.00.00")
    make("burros")
    make("Audífonos", code="8518.30.00.00")
    for _time in range(3):
        asked.note("audifonos", 1)
    assert shown(client.get(QUEUE)) == ["Audífonos", "burros", "zapatilla"]
    assert "Buscada 3 veces" in client.get(QUEUE).content.decode()


def test_only_what_needs_a_person_is_in_the_queue(client, make, reviewer):
    make("passed", verdict="passed")
    decide([make("snoozed").pk], Status.SNOOZED, reviewer)
    decide([make("approved").pk], Status.APPROVED, reviewer)
    make("doubtful")
    assert shown(client.get(QUEUE)) == ["doubtful"]


def test_what_returned_from_a_snooze_comes_last(client, make, reviewer, settings):
    settings.REVIEW_SNOOZE_DAYS = 0
    decide([make("a").pk], Status.SNOOZED, reviewer)
    make("b")
    asked.note("a", 1)
    assert shown(client.get(QUEUE)) == ["b", "a"]


def test_the_list_is_never_too_long_and_says_how_many_there_are(client, make, settings):
    settings.REVIEW_QUEUE_LENGTH = 2
    for n in range(3):
        make(f"word {n}")
    page = client.get(QUEUE)
    assert shown(page) == ["word 0", "word 1"]
    assert "2 de 3" in page.content.decode()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("chapter=85", ["earbuds"]),
        ("language=en", ["earbuds"]),
        ("source=learned", ["burros"]),
        ("chapter=64&language=en", []),
    ],
)
def test_the_filters(client, make, filters, expected):
    make("burros", source="learned")
    make("earbuds", code="8518.30.00.00", language="en")
    assert shown(client.get(f"{QUEUE}?{filters}")) == expected


def test_a_filter_that_cannot_be_gets_a_sentence(client):
    answer = client.get(f"{QUEUE}?language=xx")
    assert answer.status_code == 400
    assert "Elija una de la lista" in answer.content.decode()


def test_decided_ones_can_be_looked_at_and_ones_own_taken_back(client, make, reviewer, other):
    mine, theirs = make("mine"), make("theirs")
    decide([mine.pk], Status.APPROVED, reviewer)
    decide([theirs.pk], Status.APPROVED, other)
    page = client.get(f"{QUEUE}?status=approved").content.decode()
    assert "Deshacer: mine" in page
    assert "Deshacer: theirs" not in page


def test_what_went_live_with_its_run_is_shown_after_what_a_person_decided(client, make, reviewer):
    decide([make("mine").pk], Status.APPROVED, reviewer)
    for text in ("older", "newer"):
        make(text, status="approved", verdict="passed")
    assert shown(client.get(f"{QUEUE}?status=approved&source=ai")) == ["mine", "newer", "older"]


# --- decisions


def test_a_decision_reaches_the_index_and_the_log(client, make, reviewer):
    keyword = make("burros")
    DirtyPartida.objects.all().delete()
    answer = post(client, approve=keyword.pk)
    assert answer.status_code == 200
    assert answer.json()["sentence"] == "Aprobada: burros. Quedan 0 por revisar."
    assert status(keyword) == Status.APPROVED
    assert DirtyPartida.objects.exists()
    assert LogEntry.objects.get().user == reviewer


def test_many_marked_ones_at_once(client, make):
    marked = [make(f"word {n}") for n in range(3)]
    answer = post(client, reject="marked", keyword=[k.pk for k in marked])
    assert answer.json()["sentence"] == "Rechazada: 3 palabras. Quedan 0 por revisar."
    assert {status(k) for k in marked} == {Status.REJECTED}


def test_undo_takes_them_back_as_one(client, make):
    marked = [make(f"word {n}") for n in range(3)]
    ids = [k.pk for k in marked]
    post(client, snooze="marked", keyword=ids)
    answer = post(client, undo="marked", keyword=ids)
    assert answer.json()["sentence"] == "Deshecha: 3 palabras. Quedan 3 por revisar."
    assert {status(k) for k in marked} == {Status.PENDING}


def test_the_second_person_is_told_who_was_first(client, make, other):
    keyword = make("burros")
    decide([keyword.pk], Status.APPROVED, other)
    answer = post(client, reject=keyword.pk)
    assert (answer.status_code, answer.json()["detail"]) == (409, "eva ya la aprobó.")
    assert status(keyword) == Status.APPROVED


def test_of_marked_ones_those_that_still_wait_are_decided(client, make, other):
    first, second = make("a"), make("b")
    decide([first.pk], Status.REJECTED, other)
    answer = post(client, approve="marked", keyword=[first.pk, second.pk])
    assert answer.status_code == 200
    assert [k["id"] for k in answer.json()["done"]] == [second.pk]
    assert answer.json()["refused"][0]["sentence"] == "eva ya la rechazó."


def test_what_went_with_its_run_is_said(client, make):
    keyword = make("burros")
    Keyword.objects.all().delete()
    answer = post(client, approve=keyword.pk)
    assert (answer.status_code, answer.json()["status"]) == (409, "conflict")
    assert "se revirtió su ejecución" in answer.json()["detail"]


def test_without_javascript_a_button_leads_back_with_the_filters_and_offers_undo(client, make):
    keyword = make("burros")
    answer = client.post(DECIDE, {"approve": keyword.pk, "chapter": "64"}, follow=True)
    assert answer.redirect_chain == [(f"{QUEUE}?chapter=64", 302)]
    page = answer.content.decode()
    assert "Aprobada: burros." in page
    assert 'id="last-decision"' in page
    client.post(DECIDE, {"undo": "marked", "keyword": keyword.pk})
    assert status(keyword) == Status.PENDING
    assert 'id="last-decision"' not in client.get(QUEUE).content.decode()


def test_without_javascript_a_conflict_is_a_message(client, make, other):
    keyword = make("burros")
    decide([keyword.pk], Status.SNOOZED, other)
    page = client.post(DECIDE, {"approve": keyword.pk}, follow=True).content.decode()
    assert "Burros: eva ya la pospuso." in page


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"approve": "marked"},
        {"approve": "x"},
        {"approve": "9" * 19},
        {"approve": "1", "reject": "1"},
        {"undo": "marked", "keyword": ["1"] * 901},
    ],
)
def test_what_cannot_be_meant_is_refused(client, db, fields):
    answer = post(client, **fields)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid")
    assert client.post(DECIDE, fields).status_code == 302


def test_json_is_taken_too(client, make):
    keyword = make("burros")
    body = {"approve": "marked", "keyword": [keyword.pk]}
    answer = client.post(DECIDE, body, content_type="application/json", headers=JSON)
    assert answer.status_code == 200
    assert client.post(DECIDE, "{", content_type="application/json").status_code == 400


# --- one keyword


def test_before_and_after_count_the_marked_ones_of_the_same_line(client, make):
    make("tenis", status="approved")
    first, second = make("burros"), make("championes")
    elsewhere = make("earbuds", code="8518.30.00.00")
    address = reverse("admin:console_review_keyword", args=[first.pk])
    answer = client.get(address, {"marked": [second.pk, elsewhere.pk, "x"]})
    detail = answer.context["detail"]
    assert [k.text for k in detail.before] == ["tenis"]
    assert [k.text for k in detail.added] == ["burros", "championes"]
    assert (detail.count, detail.after) == (1, 3)


def test_without_an_index_the_search_says_what_to_do(client, make, settings, tmp_path):
    from micasillero.search.engines import _engine

    settings.SEARCH_ENGINE, settings.VAR_DIR = "tantivy", tmp_path
    _engine.cache_clear()
    page = client.get(reverse("admin:console_review_search", args=[make("burros").pk]))
    _engine.cache_clear()
    assert page.status_code == 200
    assert page.context["found"].fault
    assert page.context["found"].fault in page.content.decode()


def test_a_keyword_that_is_not_there_is_404(client, db):
    for number in (1, 10**30):
        for name in ("console_review_keyword", "console_review_search"):
            address = reverse(f"admin:{name}", args=[number])
            assert client.get(address).status_code == 404
