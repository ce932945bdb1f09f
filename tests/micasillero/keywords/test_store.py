"""What a source says now takes the place of what it said before, and nothing else."""

import pytest
from django.db import connection
from django.utils import timezone

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.keywords.models import Keyword, Language, Source, Status
from micasillero.keywords.store import Change, Word, replace

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Calzado de deporte", is_leaf=True
    )


def keyword(line, text, language=Language.SPANISH, source=Source.LEXICON):
    return Keyword(
        partida=line, text=text, language=language, source=source, status=Status.APPROVED
    )


def texts():
    return sorted(Keyword.objects.values_list("text", flat=True))


def told(line, *words, **options):
    alike = Keyword(source=Source.LEXICON, status=Status.APPROVED)
    wanted = [Word(line.pk, Language.SPANISH, word, {"prefix": "6404"}) for word in words]
    return replace(alike, [line.pk], wanted, **options)


def test_new_words_are_written_and_old_ones_of_the_source_go(line):
    assert told(line, "tenis", "championes") == Change(2, 0)
    assert told(line, "tenis", "zapatillas") == Change(1, 1)
    assert texts() == ["tenis", "zapatillas"]


def test_words_of_another_source_stay(line):
    keyword(line, "burros", source=Source.MANUAL).save()
    told(line, "tenis")
    assert told(line) == Change(0, 1)
    assert texts() == ["burros"]


def test_what_a_person_decided_stays(line):
    told(line, "tenis", "chanclas")
    rejected = Keyword.objects.filter(text="chanclas")
    rejected.update(status=Status.REJECTED, decided_at=timezone.now())
    told(line, "tenis", "chanclas")
    assert rejected.get().status == Status.REJECTED
    told(line)
    assert texts() == ["chanclas"]


def suggested(line, text, **fields):
    """A model's suggestion that nobody has decided."""
    word = keyword(line, text, source=Source.AI)
    for name, value in {"status": Status.PENDING, "run_id": "ai-1", **fields}.items():
        setattr(word, name, value)
    word.save()


@pytest.mark.parametrize(
    "fields",
    [
        *({"verdict": "passed"}, {"verdict": "doubtful"}, {"status": Status.APPROVED}),
        {"source": Source.LEARNED},
    ],
)
def test_what_was_suggested_and_nobody_decided_becomes_the_sources(line, fields):
    suggested(line, "tenis", **fields)
    DirtyPartida.objects.all().delete()
    told(line, "tenis")
    word = Keyword.objects.get()
    assert (word.source, word.status, word.verdict, word.run_id) == (
        Source.LEXICON, Status.APPROVED, "", "",
    )  # fmt: skip
    assert word.evidence == {"prefix": "6404"}
    assert DirtyPartida.objects.get().partida_id == line.pk


def test_a_suggestion_that_the_source_does_not_make_still_waits(line):
    suggested(line, "burros")
    told(line, "tenis")
    assert Keyword.objects.get(text="burros").status == Status.PENDING


def test_a_suggestion_that_a_person_decided_stays_as_it_is(line):
    suggested(line, "tenis", status=Status.REJECTED, decided_at=timezone.now())
    assert told(line, "tenis") == Change(0, 0)
    assert Keyword.objects.get().source == Source.AI


def test_a_decision_made_while_the_words_are_written_stays(line):
    """Between the look at the rows and their removal."""
    suggested(line, "tenis")
    decided = []

    def decides_first(execute, sql, params, many, context):
        if sql.startswith("DELETE") and not decided:
            decided.append(Keyword.objects.update(status="rejected", decided_at=timezone.now()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(decides_first):
        assert told(line, "tenis", "championes") == Change(1, 0)
    assert decided
    assert Keyword.objects.get(text="tenis").status == Status.REJECTED


def test_a_run_for_one_language_leaves_the_other_alone(line):
    keyword(line, "sneakers", Language.ENGLISH).save()
    told(line, languages=[Language.SPANISH])
    assert texts() == ["sneakers"]


def test_only_lines_that_changed_are_marked_for_the_index(line):
    other = PartidaArancelaria.objects.create(item_no="6404.19.00.00", descripcion="x")
    told(line, "tenis")
    DirtyPartida.objects.all().delete()
    told(line, "tenis")
    assert not DirtyPartida.objects.exists()
    told(line, "zapatillas")
    assert set(DirtyPartida.objects.values_list("partida_id", flat=True)) == {line.pk}
    assert other.pk != line.pk


def test_an_update_and_a_delete_of_keywords_mark_their_lines(line):
    told(line, "tenis")
    for act in (
        lambda: Keyword.objects.update(status=Status.REJECTED),
        lambda: Keyword.objects.all().delete(),
    ):
        DirtyPartida.objects.all().delete()
        act()
        assert DirtyPartida.objects.get().partida_id == line.pk


def test_a_row_says_what_all_have_in_common_and_what_is_its_own(line):
    alike = Keyword(source=Source.LEXICON, status=Status.APPROVED, provider="lexicon", run_id="r1")
    words = [Word(line.pk, "es", "tenis", {"prefix": "64"}), Word(line.pk, "en", "nikes", {})]
    replace(alike, [line.pk], words)
    rows = Keyword.objects.order_by("text")
    assert [(k.partida_id, k.language, k.text, k.evidence) for k in rows] == [
        (line.pk, "en", "nikes", {}),
        (line.pk, "es", "tenis", {"prefix": "64"}),
    ]
    shared = {(k.source, k.status, k.provider, k.run_id, k.verdict, k.decided_at) for k in rows}
    assert shared == {("lexicon", "approved", "lexicon", "r1", "", None)}
    assert all(k.created_at for k in rows)
