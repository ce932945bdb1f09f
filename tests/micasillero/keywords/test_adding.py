"""A person adds a word."""

import pytest
from django.contrib.auth import get_user_model

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.keywords.adding import KeywordThere, add_by_hand
from micasillero.keywords.models import Keyword, Source, Status
from micasillero.work import WorkError

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Calzado", is_leaf=True
    )


@pytest.fixture
def ana():
    return get_user_model().objects.create_user("ana")


def test_the_word_is_searched_at_once_and_tells_who_added_it_and_why(line, ana):
    DirtyPartida.objects.all().delete()
    keyword = add_by_hand(line, "burros", "es", ana, query="burros nike")
    assert (keyword.source, keyword.status) == (Source.MANUAL, Status.APPROVED)
    assert (keyword.decided_by, keyword.evidence) == (ana, {"query": "burros nike"})
    assert DirtyPartida.objects.get().partida_id == line.pk


def test_it_is_kept_as_other_words_are(line, ana):
    assert add_by_hand(line, "  «Tenis  NIKE» ", "es", ana).text == "tenis nike"


@pytest.mark.parametrize("text", ["burros", "BURROS", "búrros", "burro", "los burros"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_same_word_in_another_form_or_language_is_there(line, ana, text, language):
    there = Keyword.objects.create(partida=line, text="burros", language="es", source="lexicon")
    with pytest.raises(KeywordThere) as caught:
        add_by_hand(line, text, language, ana)
    assert (caught.value.code, caught.value.keyword) == ("keyword-there", there)
    assert Keyword.objects.count() == 1


@pytest.mark.parametrize("status", Status.values)
def test_a_word_that_is_there_stays_as_it_was_and_is_told_how(line, ana, status):
    Keyword.objects.create(partida=line, text="burros", language="es", source="ai", status=status)
    with pytest.raises(KeywordThere) as caught:
        add_by_hand(line, "Burros", "es", ana)
    searched = "is found by that word already" in str(caught.value)
    assert searched == (status == Status.APPROVED)
    assert Keyword.objects.get().status == status


def test_who_rejected_it_is_told(line, ana):
    row = {"partida": line, "language": "es", "source": "ai"}
    Keyword.objects.create(text="burros", status="rejected", decided_by=ana, **row)
    with pytest.raises(KeywordThere, match=r"by ana\.$"):
        add_by_hand(line, "burro", "es", ana)


def test_of_several_the_searched_one_is_told(line, ana):
    row = {"partida": line, "source": "ai"}
    Keyword.objects.create(text="burros", language="es", status="rejected", **row)
    Keyword.objects.create(text="burro", language="en", status="approved", **row)
    with pytest.raises(KeywordThere, match="is found by that word already"):
        add_by_hand(line, "burros", "es", ana)


@pytest.mark.parametrize("there", ["zapatos", "burros de goma"])
def test_another_word_or_another_line_is_no_hindrance(line, ana, there):
    other = PartidaArancelaria.objects.create(item_no="6405.10.00.00", descripcion="x")
    Keyword.objects.create(partida=line, text=there, language="es", source="ai")
    Keyword.objects.create(partida=other, text="burros", language="es", source="ai")
    assert add_by_hand(line, "burros", "es", ana).partida == line


def test_a_word_without_terms_is_compared_as_it_is_written(line, ana):
    add_by_hand(line, "el", "es", ana)
    assert add_by_hand(line, "la", "es", ana).text == "la"
    with pytest.raises(KeywordThere):
        add_by_hand(line, "LA", "en", ana)


@pytest.mark.parametrize(
    ("text", "code"),
    # Sixty capital letters, each of which is two in lower case.
    [("...", "keyword-empty"), ("12", "keyword-empty"), ("\u0130" * 60, "keyword-long")],
)
def test_what_is_no_word_is_refused(line, ana, text, code):
    with pytest.raises(WorkError) as caught:
        add_by_hand(line, text, "es", ana)
    assert caught.value.code == code
