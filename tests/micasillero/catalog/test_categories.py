"""Which lines couriers may carry, by the rules file."""

import pytest
from django.utils import translation

from micasillero.catalog.categories import RULES_FILE, load_rules, reason_of, shipped_rules
from micasillero.work import WorkError

RULE = """
[[rule]]
category = "RESTRICTED"
prefixes = ["24", "8543.40"]
reason_es = "Tabaco."
reason_en = "Tobacco."
permit_authority = "ARSA"
"""


@pytest.fixture
def rules_file(tmp_path):
    def write(text):
        path = tmp_path / "rules.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("9302.00.00.00", "PROHIBITED"),
        ("3604.10.00.00", "PROHIBITED"),
        ("0101.21.00.00", "PROHIBITED"),
        ("2939.72.00.00", "PROHIBITED"),
        ("4907.00.00.00", "PROHIBITED"),
        ("3004.90.99.00", "RESTRICTED"),
        ("0406.10.00.00", "RESTRICTED"),
        ("2208.30.00.00", "RESTRICTED"),
        ("2402.20.00.00", "RESTRICTED"),
        ("8517.13.00.00", "ALLOWED"),
        ("6109.10.00.00", "ALLOWED"),
    ],
)
def test_shipped_rules(code, category):
    assert shipped_rules().verdict(code).category == category


def test_whatever_is_not_allowed_has_a_reason():
    rules = shipped_rules()
    assert all(
        rules.verdict(f"{number}.00.00.00").reason
        for number in ("9301", "0102", "2204", "3601", "7108")
    )


def test_a_line_that_no_rule_meets_is_allowed_without_a_reason(rules_file):
    verdict = load_rules(rules_file(RULE)).verdict("2501.00.00.00")
    assert (verdict.category, verdict.reason) == ("ALLOWED", "")


def test_a_prefix_counts_digits_not_dots(rules_file):
    rules = load_rules(rules_file(RULE))
    assert [rules.verdict(c).category for c in ("8543.40.00.00", "8543.70.00.00")] == [
        "RESTRICTED",
        "ALLOWED",
    ]


def test_a_branch_above_the_prefix_is_not_met(rules_file):
    assert load_rules(rules_file(RULE)).verdict("8543").category == "ALLOWED"


def test_the_longest_prefix_wins(rules_file):
    narrower = RULE.replace("RESTRICTED", "ALLOWED").replace('"24", "8543.40"', '"2404"')
    rules = load_rules(rules_file(RULE + narrower))
    assert rules.verdict("2404.11.00.00").category == "ALLOWED"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rule = 3", "[[rule]]"),
        ("x = [", "rules.toml"),
        (RULE.replace('reason_en = "Tobacco."', ""), "reason_en"),
        (RULE.replace("RESTRICTED", "MAYBE"), "MAYBE"),
        (RULE.replace('"24"', '"2x"'), "2x"),
        (RULE.replace('["24", "8543.40"]', "[]"), "prefixes"),
        (RULE + 'colour = "red"', "colour"),
        (RULE + RULE, "earlier rule"),
    ],
)
def test_a_wrong_rule_is_named(rules_file, text, fault):
    with pytest.raises(WorkError) as caught:
        load_rules(rules_file(text))
    assert caught.value.code == "bad-rules"
    assert fault in str(caught.value)


def test_the_shipped_file_is_sound():
    assert len(load_rules(RULES_FILE)) > 100


RIFLE, KEPT = "9303.20.00.00", shipped_rules().verdict("9303.20.00.00").reason


@pytest.mark.parametrize(
    ("language", "category", "kept", "told"),
    [
        ("es-hn", "PROHIBITED", KEPT, "Armas de fuego"),
        ("en", "PROHIBITED", KEPT, "Firearms"),
        ("en", "PROHIBITED", "Por orden de la gerencia.", "Por orden"),
        ("en", "RESTRICTED", "", "Marked as restricted, without a reason"),
        ("en", "PROHIBITED", " ", "Marked as prohibited, without a reason"),
        ("es-hn", "RESTRICTED", "", "Marcada como restringida, sin un motivo"),
    ],
)
def test_the_reason_is_told_in_the_reader_s_language(language, category, kept, told):
    with translation.override(language):
        assert reason_of(RIFLE, category, kept).startswith(told)


def test_what_may_travel_needs_no_reason():
    assert reason_of(RIFLE, "ALLOWED", "once restricted") == ""


def test_every_rule_has_a_reason_in_both_languages():
    rules = shipped_rules()
    assert all(v.reason and v.reason_en for v in rules._verdicts.values())
