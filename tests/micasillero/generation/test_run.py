"""Generating keywords from the lexicon: which lines, and what a second run changes."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation import lexicon, run
from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.keywords.loader import Entry, LexiconError
from micasillero.keywords.models import Keyword
from micasillero.work import SilentWork, Stopped, WorkError

pytestmark = pytest.mark.django_db

ENTRIES = (
    Entry("64", ("calzado",), (), ()),
    Entry("6404", ("zapato",), (), ()),
    Entry("640411", ("tenis",), ("sneakers",), ("nike",)),
)


@pytest.fixture(autouse=True)
def words(monkeypatch):
    lexicon._by_prefix.cache_clear()
    monkeypatch.setattr(lexicon, "lexicon", lambda: ENTRIES)
    yield
    lexicon._by_prefix.cache_clear()


@pytest.fixture
def lines():
    codes = ("6404.11.00.00", "6404.19.00.00", "9503.00.10.00")
    return [
        PartidaArancelaria.objects.create(item_no=code, descripcion="x", is_leaf=True)
        for code in codes
    ]


def words_of(line):
    return sorted(Keyword.objects.filter(partida=line).values_list("language", "text"))


def test_a_line_has_the_words_of_every_prefix_of_its_code(lines):
    told = generate(SilentWork(), scope=Scope(), run_id="r1")
    assert told == {"provider": "lexicon", "items": 3, "added": 7, "removed": 0, "without": 1}
    assert words_of(lines[0]) == [
        ("en", "nike"), ("en", "sneakers"), ("es", "calzado"), ("es", "tenis"), ("es", "zapato"),
    ]  # fmt: skip
    assert words_of(lines[1]) == [("es", "calzado"), ("es", "zapato")]
    assert words_of(lines[2]) == []
    keyword = Keyword.objects.get(text="tenis")
    assert (keyword.source, keyword.status, keyword.run_id) == ("lexicon", "approved", "r1")
    assert keyword.evidence == {"prefix": "640411"}


def test_words_of_the_heading_are_completed_by_the_line_s_own_text(lines):
    PartidaArancelaria.objects.filter(pk=lines[1].pk).update(descripcion="De algodón")
    generate(SilentWork(), scope=Scope(), run_id="r1")
    assert words_of(lines[1]) == [
        ("es", "calzado"), ("es", "zapato"), ("es", "zapato de algodón"),
    ]  # fmt: skip
    keyword = Keyword.objects.get(text="zapato de algodón")
    assert (keyword.source, keyword.status, keyword.run_id) == ("lexicon", "approved", "r1")
    assert keyword.evidence == {"derived": "lexicon"}


def test_a_line_that_the_lexicon_leaves_out_is_called_what_the_tariff_says(lines):
    above = PartidaArancelaria.objects.create(item_no="9503", descripcion="Triciclos")
    PartidaArancelaria.objects.filter(pk=lines[2].pk).update(descripcion="De metal", parent=above)
    assert generate(SilentWork(), scope=Scope())["without"] == 0
    assert words_of(lines[2]) == [("es", "triciclos"), ("es", "triciclos de metal")]
    assert Keyword.objects.get(text="triciclos").evidence == {"derived": "tariff"}


def test_what_is_derived_is_spanish(lines):
    PartidaArancelaria.objects.filter(pk=lines[1].pk).update(descripcion="De algodón")
    generate(SilentWork(), scope=Scope(), language="en")
    assert words_of(lines[1]) == []


def test_a_second_run_changes_nothing(lines):
    generate(SilentWork(), scope=Scope())
    again = generate(SilentWork(), scope=Scope())
    assert (again["added"], again["removed"]) == (0, 0)


def test_a_chapter_leaves_the_others_alone(lines):
    told = generate(SilentWork(), scope=Scope(chapter="95"))
    assert (told["items"], told["added"], Keyword.objects.count()) == (1, 0, 0)


def test_missing_means_lines_without_an_approved_keyword(lines):
    generate(SilentWork(), scope=Scope())
    Keyword.objects.filter(partida=lines[1]).update(status="rejected")
    assert [code for _pk, code in Scope(missing=True).lines()] == ["6404.19.00.00", "9503.00.10.00"]


def test_one_language_alone(lines):
    generate(SilentWork(), scope=Scope(), language="en")
    assert words_of(lines[0]) == [("en", "nike"), ("en", "sneakers")]


class Kept(SilentWork):
    """Notes what it was told to keep; may resume."""

    def __init__(self, resumed_from=0):
        self.resumed_from, self.kept = resumed_from, []

    def keep(self, done):
        self.kept.append(done)


def test_each_portion_is_kept_and_a_later_attempt_goes_on_after_it(lines, monkeypatch):
    monkeypatch.setattr(run, "PORTION", 1)
    work = Kept()
    generate(work, scope=Scope())
    assert work.kept == [1, 2, 3]
    Keyword.objects.all().delete()
    work = Kept(resumed_from=1)
    assert generate(work, scope=Scope())["items"] == 3
    assert work.kept == [2, 3]
    assert words_of(lines[0]) == []


def test_what_is_stored_and_what_is_kept_go_together(lines, monkeypatch):
    monkeypatch.setattr(run, "PORTION", 1)

    class Lost(SilentWork):
        def keep(self, done):
            if done == 2:
                raise RuntimeError("another worker has it")

    with pytest.raises(RuntimeError):
        generate(Lost(), scope=Scope())
    assert words_of(lines[0])
    assert words_of(lines[1]) == []


def test_a_cancel_stops_before_the_next_portion(lines):
    class Cancelled(SilentWork):
        def should_stop(self):
            return True

    with pytest.raises(Stopped):
        generate(Cancelled(), scope=Scope())
    assert not Keyword.objects.exists()


def test_a_provider_that_is_not_there_is_refused_by_name(lines):
    with pytest.raises(WorkError) as refused:
        generate(SilentWork(), scope=Scope(), provider="oracle")
    assert refused.value.code == "unknown_provider"


def test_a_broken_lexicon_says_its_first_fault(lines, monkeypatch):
    def broken():
        raise LexiconError(["64.toml: has no words.", "another"])

    monkeypatch.setattr(lexicon, "lexicon", broken)
    with pytest.raises(WorkError) as refused:
        generate(SilentWork(), scope=Scope())
    assert refused.value.code == "lexicon_broken"
    assert refused.value.params == {"fault": "64.toml: has no words."}
