"""The expressions of rules: RE2's, which takes time in proportion to the text whatever is asked.

What would need more (references back, looks around) does not exist in RE2 and is refused here with
a sentence, as is what grows too large. Pure: knows no database.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import re2
from django.utils.translation import gettext as _

LONGEST_EXPRESSION = 1_000
LONGEST_SOURCE = 8_000
# Instructions of one compiled expression; a list of fifty words has some 500.
LARGEST_PROGRAM = 5_000
LARGEST_MEMORY = 2**20

# Capitals that mean something: \S is not \s, and (?P begins a named group.
_MEANT = re.compile(r"(\\[pP](?:\{[^}]*\}|.)|\\.|\(\?P)|(.)", re.DOTALL)
# On these an expression may match an edge of a word and nothing else.
_SAMPLES = ("", "ab")


class PatternError(ValueError):
    """Expressions that are refused. ``faults`` has a sentence for each."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(self.faults))


def whole(source: str) -> str:
    """One expression that finds what any line of the source finds, from one edge of a word to
    another; "" where it has none. Raises PatternError."""
    lines = expressions(source)
    if not lines:
        return ""
    together = rf"\b(?:{'|'.join(f'(?:{line})' for line in lines)})\b"
    try:
        compiled(together)
    except re2.error:
        raise PatternError([_("Together the lines grow too large: write two rules.")]) from None
    return together


def compiled(expression: str) -> Any:
    """What RE2 makes of it. Raises re2.error."""
    return re2.compile(expression, options(LARGEST_MEMORY))


def expressions(source: str) -> list[str]:
    """The expressions of a source, one a line, folded as texts are. Raises PatternError.

    Empty lines and those that begin with # say nothing.
    """
    lines = enumerate((line.strip() for line in source.splitlines()), start=1)
    found = [(number, line) for number, line in lines if line and not line.startswith("#")]
    faults = [
        _("Line %(line)s: %(fault)s") % {"line": number, "fault": fault}
        for number, line in found
        if (fault := fault_of(line))
    ]
    if len(source) > LONGEST_SOURCE:
        faults.append(_("Together at most %(most)s characters.") % {"most": LONGEST_SOURCE})
    if faults:
        raise PatternError(faults)
    return [folded(line) for _number, line in found]


def folded(expression: str) -> str:
    """As texts are folded, lower case without accents; what stands for something else as it is."""
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", expression) if not unicodedata.combining(c)
    )
    return _MEANT.sub(lambda m: m[1] or m[2].lower(), bare)


def fault_of(expression: str) -> str:
    """Why it is refused, in a sentence that says what to do; "" where it is not."""
    if len(expression) > LONGEST_EXPRESSION:
        return _("at most %(most)s characters; write several lines.") % {"most": LONGEST_EXPRESSION}
    if any(m[0] == r"\Q" for m in _MEANT.finditer(expression)):
        # It would quote what stands around the line as well.
        return _("the escape %(what)s is not allowed") % {"what": r"\Q"}
    try:
        program = compiled(folded(expression))
    except re2.error as error:
        return _refusal(error.args[0])
    if program.programsize > LARGEST_PROGRAM:
        return _too_large()
    if any((m := program.search(sample)) and not m.group() for sample in _SAMPLES):
        return _("it matches the empty text, so it would match everything. Ask for a word.")
    return ""


def options(memory: int) -> re2.Options:
    """How every expression of a rule is compiled."""
    chosen = re2.Options()
    chosen.max_mem = memory
    # A refused expression is told to whoever wrote it, not to the log.
    chosen.log_errors = False
    chosen.never_capture = True
    return chosen


def _refusal(told: bytes | str) -> str:
    """RE2's word for a fault, as a sentence."""
    text = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
    kind, _colon, detail = text.partition(": ")
    if detail.startswith(("(?=", "(?!", "(?<")):
        return _("looking ahead or behind, %(what)s, is not allowed: use an exception.") % {
            "what": detail
        }
    if re.fullmatch(r"\\[1-9gk]|\(\?P[=>]?", detail):
        return _("a reference to a group, %(what)s, is not allowed: write out what it means.") % {
            "what": detail
        }
    if kind in ("invalid repetition size", "pattern too large - compile failed"):
        return _too_large()
    sentences = {
        "missing ]": _("a bracket [ is not closed: %(what)s"),
        "missing )": _("a parenthesis ( is not closed: %(what)s"),
        "unexpected )": _("a parenthesis ) was never opened: %(what)s"),
        "no argument for repetition operator": _("nothing stands before %(what)s"),
        "bad repetition operator": _("the repetition %(what)s is not allowed"),
        "invalid perl operator": _("the group %(what)s is not allowed"),
        "invalid escape sequence": _("the escape %(what)s is not allowed"),
        "invalid character class range": _("there are no such characters: %(what)s"),
        "trailing \\": _("nothing stands behind the last backslash"),
    }
    sentence = sentences.get(kind)
    return sentence % {"what": detail} if sentence else text


def _too_large() -> str:
    return _("it grows too large: repeat less, or write several lines.")
