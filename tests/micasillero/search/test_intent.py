"""Is it a code or are they words?"""

import pytest

from micasillero.search.intent import CodeIntent, TextIntent, intent_of


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("8517.13.00.00", "8517130000"),
        ("8517.13", "851713"),
        ("85171300", "85171300"),
        ("8517 13 00", "85171300"),
        ("8517-13", "851713"),
        ("8517", "8517"),
        ("85", "85"),
        ("851713000", "851713000"),
        ("partida 8517.13", "851713"),
        ("Código arancelario: 8517.13.00.00", "8517130000"),
        ("HS 8517", "8517"),
        ("capítulo 85", "85"),
        ("teléfono 8517.13.00", "85171300"),
        ("8517.13.00.00.", "8517130000"),
        ("8517 . 13 . 00", "85171300"),
        ("8517/13", "851713"),
        ("8517–13–00", "85171300"),
        ("８５１７.13", "851713"),
        ("85.17", "8517"),
        ("85.17.13", "851713"),
        ("8518.30.2000", "8518302000"),
        ("8518302000", "8518302000"),
        ("8517.13.000", "851713000"),
        ("8517.13.00.00.00", "851713000000"),
        ("HTS 6404.11.9050", "6404119050"),
        ("HTSUS: 6404119050", "6404119050"),
        ("fracción arancelaria no. 6404.11", "640411"),
        ("HS code: 851713", "851713"),
        ("NCM 8517.13.00", "85171300"),
        ("MENS RUNNING SHOES 6404.11.9050 NIKE", "6404119050"),
        ("celular HS code 851713", "851713"),
    ],
)
def test_codes_in_any_spelling(text, digits):
    assert intent_of(text) == CodeIntent(digits)


@pytest.mark.parametrize(
    "text",
    [
        *("220 v", "220", "2000 w", "1,500", "12 V", "3.5 mm", "8517130000123", "iphone 15", "5"),
        *("hs", "código de barras 7501031311309", "no sé", "tel. 504 9999 8888 casa", "", "٣"),
        *("nike 2024 modelo 8500", "codigo", "1200.505 mm"),
    ],
)
def test_numbers_that_are_no_codes(text):
    assert isinstance(intent_of(text), TextIntent)


@pytest.mark.parametrize(
    ("digits", "levels"),
    [
        ("8518302000", ["8518302000", "851830", "8518"]),
        ("85171300", ["85171300", "851713", "8517"]),
        ("851713", ["851713", "8517"]),
        ("8517", ["8517"]),
        ("85", ["85"]),
    ],
)
def test_a_code_that_is_not_here_is_looked_for_under_what_all_countries_share(digits, levels):
    assert [wider.digits for wider in CodeIntent(digits).wider()] == levels
