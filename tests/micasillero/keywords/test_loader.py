"""The lexicon's files: what is refused, and that the shipped ones hold together."""

import pytest

from micasillero.catalog.known_codes import headings
from micasillero.keywords import loader
from micasillero.keywords.loader import LexiconError, lexicon, read


@pytest.fixture
def lexicon_of(tmp_path):
    """Read these files, given as name=text."""

    def make(**files):
        for name, text in files.items():
            (tmp_path / f"{name[1:]}.toml").write_text(text, encoding="utf-8")
        return read(sorted(tmp_path.glob("*.toml")))

    return make


def test_an_entry_has_its_terms_in_lower_case_without_blanks(lexicon_of):
    (entry,) = lexicon_of(_64='["6404.11"]\nes = """\nTenis;  zapatos\n para correr;\n"""\n')
    assert (entry.digits, entry.es, entry.en) == ("640411", ("tenis", "zapatos para correr"), ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('["64.04"]\nes = "tenis"', "write the key as a code with its dots"),
        ('["6499"]\nes = "tenis"', "the tariff has no code that begins so"),
        ('["6104.22"]\nes = "tenis"', "belongs into 61.toml"),
        ('["6404"]\nfr = "baskets"', "has es, en, brands and nothing else"),
        ('["6404"]\nes = " ; "', "has no words"),
        ('["6404"]\nes = ["tenis"]', "is one text with semicolons"),
        ('["6404"]\nes = "tenis; tenis"', "stands twice"),
        (f'["6404"]\nes = "{"t" * 61}"', "no term of at most 60 letters"),
        ('["6404"]\nes = "<b>tenis"', "no term of at most 60 letters"),
        ('["6404"]\nes = "tenis"\n["6404.11"]\nes = "tenis"', "already at 6404: remove one"),
        ('["6404"\nes = "tenis"', "not readable as TOML"),
    ],
)
def test_a_fault_says_where_it_is_and_what_to_do(lexicon_of, text, told):
    with pytest.raises(LexiconError) as refused:
        lexicon_of(_64=text)
    (fault,) = refused.value.faults
    assert told in fault
    assert "64" in fault


def test_a_word_of_too_many_headings_says_nothing(lexicon_of):
    many = [heading for heading in headings() if heading.startswith("84")]
    tables = [f'["{heading}"]\nes = "cosa"\n' for heading in many[: loader.MOST_HEADINGS + 1]]
    with pytest.raises(LexiconError, match="bound to 13 headings"):
        lexicon_of(_84="".join(tables))
    assert len(lexicon_of(_84="".join(tables[:-1]))) == loader.MOST_HEADINGS


def test_all_faults_are_told_at_once(lexicon_of):
    with pytest.raises(LexiconError) as refused:
        lexicon_of(_61='["6199"]\nes = "x"', _64='["6499"]\nes = "x"')
    assert len(refused.value.faults) == 2


def test_the_shipped_lexicon_names_every_heading():
    named = {entry.digits[:4] for entry in lexicon() if len(entry.digits) >= 4}
    assert [heading for heading in headings() if heading not in named] == []
