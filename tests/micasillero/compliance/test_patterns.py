"""Which expressions rules may have, and what whoever writes another one is told."""

import pytest

from micasillero.compliance.patterns import (
    LONGEST_EXPRESSION,
    LONGEST_SOURCE,
    PatternError,
    compiled,
    expressions,
    fault_of,
    folded,
    whole,
)


def faults_of(source):
    with pytest.raises(PatternError) as refused:
        whole(source)
    return refused.value.faults


def finds(source, text):
    match = compiled(whole(source)).search(text)
    return match.group() if match else None


def test_a_plain_word_is_no_fault():
    assert fault_of("widgets?") == ""


@pytest.mark.parametrize("what", [r"\1", r"\9", r"\k", r"\g", "(?P="])
def test_a_reference_back_is_refused_by_name(what):
    rest = {r"\k": "<a>", r"\g": "<a>", "(?P=": "a)"}.get(what, "")
    fault = fault_of(f"(widget)s{what}{rest}")
    assert fault.startswith("a reference to a group, ")
    assert what.rstrip("=") in fault
    assert "write out what it means" in fault


@pytest.mark.parametrize("what", ["(?=", "(?!", "(?<=", "(?<!"])
def test_looking_around_is_refused_by_name(what):
    fault = fault_of(f"widget{what}azul)")
    assert fault.startswith("looking ahead or behind, (?")
    assert fault.endswith("is not allowed: use an exception.")


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("[widget", "a bracket [ is not closed"),
        ("(widget", "a parenthesis ( is not closed"),
        ("widget)", "a parenthesis ) was never opened"),
        ("*widget", "nothing stands before *"),
        ("widget**", "the repetition ** is not allowed"),
        ("(?>widget)", "the group (?> is not allowed"),
        (r"wid\yget", r"the escape \y is not allowed"),
        (r"\Qwidget", r"the escape \Q is not allowed"),
        (r"[z-a]", "there are no such characters: z-a"),
        (r"\p{Zorbo}", r"there are no such characters: \p{Zorbo}"),
        ("widget\\", "nothing stands behind the last backslash"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(expression, told):
    assert told in fault_of(expression)


@pytest.mark.parametrize("expression", ["", "w*", ".*", "(widget)?", "widget|", "^", "$"])
def test_what_matches_the_empty_text_is_refused(expression):
    assert "it would match everything" in fault_of(expression)


@pytest.mark.parametrize("expression", [r"\b", r"\B", r"widget|\b"])
def test_what_matches_an_edge_of_a_word_is_refused(expression):
    assert "it would match everything" in fault_of(expression)


@pytest.mark.parametrize("expression", ["w{1001}", "(w{1,500}){1,500}", r"(\pL{1,100}z){9}"])
def test_what_grows_too_large_is_refused(expression):
    assert fault_of(expression) == "it grows too large: repeat less, or write several lines."


@pytest.mark.parametrize(
    "expression", ["(w+)+x", "(w|ww)+x", "(w|w?)+x", "(.*w){9}x", "((w+)+)+x", "w?" * 40 + "w" * 40]
)
def test_what_never_ends_elsewhere_ends(expression):
    assert fault_of(expression) == ""
    assert finds(expression, "w" * 5_000 + " zorbo") is None


def test_each_fault_has_the_number_of_its_line():
    first, second, third = faults_of("widget\n(zorbo\n\n# lampara\nazul(?=x)\nw*")
    assert first.startswith("Line 2: a parenthesis (")
    assert second.startswith("Line 5: looking ahead")
    assert third.startswith("Line 6: it matches the empty text")


def test_the_error_itself_tells_all_faults():
    with pytest.raises(PatternError, match=r"Line 1: .+ Line 2: "):
        whole("(a\nb)")


def test_comments_and_empty_lines_say_nothing():
    assert expressions("# widgets\n\n  widget  \n\t\n  # zorbo\nzorbo") == ["widget", "zorbo"]


@pytest.mark.parametrize("source", ["", "\n \n", "# widget"])
def test_a_source_without_expressions_has_none(source):
    assert whole(source) == ""


def test_any_line_finds():
    assert finds("widgets?\nlampara azul", "una lampara azul") == "lampara azul"
    assert finds("widgets?\nlampara azul", "dos widgets") == "widgets"


def test_the_alternatives_of_a_line_stay_its_own():
    assert finds("widget|zorbo\nazul", "zorbos") is None


@pytest.mark.parametrize("expression", ["LÁMPARA", "lámpara", "Lampara", "la\u0301mpara"])
def test_case_and_accents_of_an_expression_are_folded(expression):
    assert folded(expression) == "lampara"


@pytest.mark.parametrize("expression", [r"\S+", r"\D", r"\W", r"\p{L}+", r"\pL"])
def test_capitals_that_mean_something_stay(expression):
    assert folded(expression) == expression


def test_a_named_group_is_allowed():
    assert finds("(?P<thing>WIDGET)", "un widget") == "widget"


def test_an_expression_may_be_so_long_and_no_longer():
    assert fault_of("w" * LONGEST_EXPRESSION) == ""
    assert "at most 1000 characters" in fault_of("w" * (LONGEST_EXPRESSION + 1))


def test_a_source_may_be_so_long_and_no_longer():
    lines = "\n".join(["w" * 99] * (LONGEST_SOURCE // 100))
    assert whole(lines)
    assert "Together at most 8000 characters." in faults_of(lines + "\n" + "w" * 99)


def test_lines_that_are_too_much_together_are_refused():
    # Each is small enough, and all of them are not.
    assert fault_of("(zorbo|widget){1,300}x") == ""
    assert faults_of("\n".join(f"(zorbo|widget){{1,300}}x{n}" for n in range(60))) == [
        "Together the lines grow too large: write two rules."
    ]
