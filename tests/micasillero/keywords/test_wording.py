"""How a keyword is written, whoever writes it."""

from micasillero.keywords.wording import normalise


def test_case_spaces_and_the_marks_around_it_go():
    assert normalise('  «"Tenis  DE\n lona." ') == "tenis de lona"
    assert normalise("Nin\u0303o") == "niño"


def test_a_brand_keeps_the_marks_inside_it():
    assert normalise("H&M") == "h&m"
    assert normalise("all-in-one") == "all-in-one"
