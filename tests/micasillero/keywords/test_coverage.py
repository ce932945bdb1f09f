import json

from django.core.management import call_command

from micasillero.catalog.known_codes import headings
from micasillero.keywords.coverage import coverage
from micasillero.keywords.loader import Entry


def entry(digits, *words):
    return Entry(digits, words, (), ())


def test_a_heading_is_named_by_a_word_of_its_own_or_below():
    told = coverage([entry("640411", "tenis"), entry("6405", "pantuflas")])
    assert "6404" not in told.without
    assert len(told.without) == len(headings()) - 2


def test_terms_of_many_headings_are_told_the_widest_first():
    entries = [entry(f"640{n}", "botas", *(["zapatos"] if n < 3 else [])) for n in range(1, 6)]
    told = coverage(entries, wide=2)
    assert told.wide == (
        ("botas", ("6401", "6402", "6403", "6404", "6405")),
        ("zapatos", ("6401", "6402")),
    )


def test_a_single_word_of_two_chapters_is_ambiguous():
    told = coverage([entry("6404", "bota", "bota alta"), entry("2204", "bota", "bota alta")])
    assert told.ambiguous == (("bota", ("22", "64")),)


def test_the_command_tells_of_the_shipped_lexicon(capsys):
    call_command("lexicon_coverage", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["terms"] > 10_000
