"""Agregar palabra: a word that was missed, for the line that it should have found."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from micasillero.keywords.models import Keyword

from .conftest import JSON, SHOES

CLASSIFY = "/admin/elasticsearch/classify/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def shoe(shoes_and_caps):
    return shoes_and_caps[SHOES]


def test_a_missed_word_is_added_to_its_line(boss, shoe):
    answer = boss.post(
        f"{CLASSIFY}keyword/",
        {"text": "  burros  ", "language": "es", "code": SHOES, "q": "burros nike"},
    )
    assert answer.url == f"{CLASSIFY}?q=burros+nike&code={SHOES}"
    keyword = Keyword.objects.get()
    assert (keyword.text, keyword.partida, keyword.status) == ("burros", shoe, "approved")
    assert (keyword.source, keyword.decided_by.username) == ("manual", "jefa")
    assert LogEntry.objects.get().object_id == str(keyword.pk)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": ""}, "text"),
        ({"text": "8517.13"}, "text"),
        ({"text": "..."}, "text"),
        ({"text": "x" * 61}, "text"),
        ({"code": "6404"}, "code"),
        ({"code": "1"}, "code"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_is_no_word_is_refused_by_its_field(boss, shoe, fields, wrong):
    sent = {"text": "burros", "language": "es", "code": SHOES, **fields}
    answer = boss.post(f"{CLASSIFY}keyword/", sent, headers=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [wrong]
    assert not Keyword.objects.exists()


def test_a_word_that_is_there_is_said_so_and_the_form_stays(boss, shoe):
    sent = {"text": "burros", "language": "es", "code": SHOES}
    boss.post(f"{CLASSIFY}keyword/", sent)
    answer = boss.post(f"{CLASSIFY}keyword/", sent)
    assert answer.status_code == 400
    assert "Esta partida ya se encuentra por esa palabra" in answer.content.decode()
    assert "formaction" not in answer.content.decode()
    assert 'value="burros"' in answer.content.decode()


def rejected(line, who):
    row = {"partida": line, "text": "burros", "language": "es", "source": "lexicon"}
    return Keyword.objects.create(status="rejected", decided_by=who, **row)


def test_a_rejected_word_is_approved_with_a_press_of_who_may(
    person, client_of, shoe, django_user_model
):
    there = rejected(shoe, django_user_model.objects.create_user("eva"))
    client = client_of(person("classify_goods", "add_keyword", "review_keywords"))
    sent = {"text": "Burro", "language": "en", "code": SHOES, "q": "burro nike"}
    told = client.post(f"{CLASSIFY}keyword/", sent).content.decode()
    assert "Rechazada, por eva." in told
    approve = f"{CLASSIFY}keyword/{there.pk}/approve/"
    assert f'formaction="{approve}"' in told
    answer = client.post(approve, sent)
    assert answer.url == f"{CLASSIFY}?q=burro+nike&code={SHOES}"
    there.refresh_from_db()
    assert (there.status, there.decided_by.username, there.previous_status) == (
        "approved", "ana", "rejected",
    )  # fmt: skip
    assert Keyword.objects.count() == 1
    assert LogEntry.objects.get().user.username == "ana"
    assert "“burros” encuentra" in client.get(answer.url).content.decode()


def test_a_word_that_somebody_approved_meanwhile_stays_theirs(boss, shoe, django_user_model):
    there = rejected(shoe, django_user_model.objects.create_user("eva"))
    Keyword.objects.update(status="approved", decided_at=timezone.now())
    answer = boss.post(f"{CLASSIFY}keyword/{there.pk}/approve/", {"code": SHOES}, follow=True)
    assert "eva ya" in answer.content.decode().lower()
    there.refresh_from_db()
    assert there.decided_by.username == "eva"


def test_who_may_not_review_words_cannot_approve_a_rejected_one(person, client_of, shoe):
    there = rejected(shoe, None)
    client = client_of(person("classify_goods", "add_keyword"))
    sent = {"text": "burros", "language": "es", "code": SHOES}
    told = client.post(f"{CLASSIFY}keyword/", sent).content.decode()
    assert "formaction" not in told
    assert "Quien revisa palabras puede aprobarla." in told
    assert client.post(f"{CLASSIFY}keyword/{there.pk}/approve/").status_code == 403


def test_who_may_not_add_words_has_no_form_for_it(person, client_of, shoe):
    client = client_of(person("classify_goods"))
    assert "classify/keyword/" not in client.get(CLASSIFY).content.decode()
    sent = {"text": "burros", "language": "es", "code": SHOES}
    assert client.post(f"{CLASSIFY}keyword/", sent).status_code == 403
