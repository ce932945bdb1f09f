"""Reading what a model answered."""

import pytest

from micasillero.generation.suggestions import MOST_READ, SCHEMA, Suggestion, Unusable, read

BOTH = frozenset({"es", "en"})


def test_an_answer_is_read_in_its_order():
    assert read({"en": ["sneakers"], "es": ["tenis", "burros"]}, BOTH) == [
        Suggestion("tenis", "es"), Suggestion("burros", "es"), Suggestion("sneakers", "en"),
    ]  # fmt: skip


def test_a_language_that_was_not_asked_for_is_left_out():
    assert read({"es": ["tenis"], "en": ["sneakers"]}, {"en"}) == [Suggestion("sneakers", "en")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "no_object"),
        ("tenis", "no_object"),
        ([["tenis"]], "no_object"),
        ({"es": ["tenis"]}, "fields"),
        ({"es": ["tenis"], "en": [], "notes": "x"}, "fields"),
        ({"es": "tenis", "en": []}, "no_list"),
        ({"es": None, "en": []}, "no_list"),
        ({"es": ["tenis", 7], "en": []}, "no_text"),
        ({"es": [{"text": "tenis"}], "en": []}, "no_text"),
        ({"es": ["tenis"] * MOST_READ, "en": ["sneakers"]}, "too_many"),
        ({"es": [], "en": []}, "empty"),
    ],
)
def test_an_answer_that_does_not_follow_the_schema_is_unusable_and_says_why(data, reason):
    with pytest.raises(Unusable) as refused:
        read(data, BOTH)
    assert refused.value.reason == reason
    assert str(refused.value)


def test_an_answer_with_nothing_in_the_language_asked_for_is_empty():
    with pytest.raises(Unusable) as refused:
        read({"es": ["tenis"], "en": []}, {"en"})
    assert refused.value.reason == "empty"


def test_the_schema_is_one_that_strict_modes_take():
    """All of it required and nothing else allowed, no limits of length."""
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["required"] == list(SCHEMA["properties"])
    allowed = {"type", "items", "description"}
    assert all(set(field) <= allowed for field in SCHEMA["properties"].values())
