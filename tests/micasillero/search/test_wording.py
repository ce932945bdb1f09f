"""What is no keyword by its form; each filter with what it must not touch."""

import pytest

from micasillero.search import wording

CASES = [
    (wording.is_not_plain, ["tenis\x00", "te\u200bnis", "<b>tenis", "a{b}", "тенис", "te\ud800"],
     ["tenis de niño", "g-shock", "at&t", "5w-30", "cámara 4k", "crème brûlée", "2,4-d"]),
    (wording.is_address, ["www.nike", "https://x", "nike.com", "tienda.hn"],
     ["nike", "st. john", "dr. scholl", "usb 3.0", "comercial"]),
    (wording.is_personal_data, ["juan@x.hn", "9988-7766", "+504 9988 7766", "0801-1990-12345"],
     ["iphone 15", "2000 w", "rtx 4090 24gb", "12-24 v", "@home"]),
    (wording.is_too_short, ["", "x"], ["tv", "pc"]),
    (wording.is_too_long, ["a" * 61, "zapatos que sirven para jugar al tenis"],
     ["a" * 60, "zapatos de tela para mujer adulta"]),
    (wording.is_code, ["6404.11", "64041100", "partida 6404.11", "2024", "12-24", "3/4"],
     ["4k tv", "iphone 15", "5w-30", "220 v"]),
    (wording.says_nothing, ["accesorios", "de la", "otros artículos", "talla xl", "set de 3"],
     ["accesorios de celular", "set de ollas", "negro de humo"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fails", "text"), [(fails, text) for fails, bad, _good in CASES for text in bad]
)
def test_it_finds(fails, text):
    assert fails(text)


@pytest.mark.parametrize(
    ("fails", "text"), [(fails, text) for fails, _bad, good in CASES for text in good]
)
def test_it_leaves_alone(fails, text):
    assert not fails(text)


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [
        ("shoes for men", "es", True),
        ("zapatos para hombre", "en", True),
        ("zapatos para hombre", "es", False),
        ("shoes for men", "en", False),
        ("sneakers", "es", False),
    ],
)
def test_little_words_tell_the_language(text, language, foreign):
    assert wording.seems_foreign(text, language) is foreign
