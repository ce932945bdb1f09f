"""Why a line is found: word, field, weight. That the points are the score: tests/live/search."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword
from micasillero.search.explain import explain
from micasillero.search.ranking import FIELD_WEIGHTS
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork, WorkError
from tests.support.fixtures import embedded  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shoes")]
SHOE, OTHER = "6404.11.00.00", "6404.19.00.00"


@pytest.fixture
def shoes(embedded):  # noqa: F811
    heading = PartidaArancelaria.objects.create(item_no="6404", descripcion="Calzado de caucho")
    for code, text in ((SHOE, "Tenis, excepto los de cuero"), (OTHER, "Los demás")):
        PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, parent=heading, is_leaf=True
        )
    shoe = PartidaArancelaria.objects.get(item_no=SHOE)
    for text in ("nike", "zapato deportivo", "air jordan"):
        Keyword.objects.create(
            partida=shoe, text=text, language="es", source="manual", status="approved"
        )
    rebuild_index(work=SilentWork(), token="a")


def fields(query, code=SHOE):
    """{word: (field, text)} of the matches."""
    return {m.word: (m.field, m.text) for m in explain(query, code).matches if m.field != "phrase"}


def test_each_word_is_shown_where_it_counts_most():
    assert fields("tenis deportivo caucho") == {
        "tenis": ("own", "Tenis"),
        "deportivo": ("keywords", "zapato deportivo"),
        "caucho": ("ancestors", "Calzado de caucho"),
    }


def test_points_are_the_weight_of_the_word_times_the_share_of_the_field():
    for match in explain("tenis caucho", SHOE).matches:
        assert match.share == FIELD_WEIGHTS[match.field]
        assert match.points == pytest.approx(match.weight * match.share)


def test_what_counts_most_comes_first():
    points = [match.points for match in explain("caucho nike tenis", SHOE).matches]
    assert points == sorted(points, reverse=True)


def test_a_word_that_was_put_right_shows_both_spellings():
    (match,) = (m for m in explain("nkie", SHOE).matches if m.field == "keywords")
    assert (match.word, match.term, match.corrected) == ("nkie", "nike", True)


def test_a_plural_is_no_correction():
    (match,) = (m for m in explain("cauchos", SHOE).matches if m.field == "ancestors")
    assert not match.corrected


def test_a_keyword_that_is_named_whole_counts_besides():
    told = explain("deportivo zapato", SHOE)
    (phrase,) = (match for match in told.matches if match.field == "phrase")
    assert phrase.text == "zapato deportivo"
    assert told.score == pytest.approx(sum(match.points for match in told.matches), abs=0.001)


def test_words_that_the_line_does_not_have_are_told():
    assert explain("tenis rojos de xilófono", SHOE).missing == ("rojos", "xilofono")


def test_two_words_taken_for_one_are_not_missing():
    Keyword.objects.filter(text="air jordan").update(text="airjordan")
    rebuild_index(work=SilentWork(), token="b")
    told = explain("air jordan", SHOE)
    assert (told.missing, [m.term for m in told.matches if m.field == "keywords"]) == (
        (),
        ["airjordan"],
    )


def test_what_a_line_excludes_explains_nothing():
    told = explain("cuero", SHOE)
    assert (told.matches, told.score, told.missing) == ((), 0, ("cuero",))


def test_a_leftover_line_is_explained_by_the_text_above_it():
    assert fields("calzado", OTHER) == {"calzado": ("ancestors", "Calzado de caucho")}


def test_a_code_explains_itself():
    (match,) = explain("6404.11", "6404110000").matches
    assert (match.field, match.term, match.corrected) == ("code", "640411", False)


def test_a_foreign_code_shows_what_was_found_instead():
    (match,) = explain("6404.11.9050", SHOE).matches
    assert (match.word, match.term, match.corrected) == ("6404119050", "640411", True)


def test_a_code_of_another_line_explains_nothing():
    assert explain("6404.19", SHOE).matches == ()


@pytest.mark.parametrize("code", ["6404.12.00.00", "6404", "", "\x00", "' OR 1", "9" * 5000])
def test_there_is_nothing_to_explain_of_a_line_that_is_not_there(code):
    with pytest.raises(WorkError) as refused:
        explain("tenis", code)
    assert refused.value.code == "no_line"


def test_an_empty_query_is_refused():
    with pytest.raises(WorkError) as refused:
        explain(" ", SHOE)
    assert refused.value.code == "empty_query"
