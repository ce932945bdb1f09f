"""May a courier carry it? The rules of categories.toml, applied to codes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from . import codes

RULES_FILE = Path(__file__).with_name("categories.toml")
CATEGORIES = ("ALLOWED", "RESTRICTED", "PROHIBITED")
TEXT_KEYS = ("category", "reason_es", "reason_en")
KEYS = {*TEXT_KEYS, "prefixes", "permit_authority"}
PREFIX = re.compile(r"\d\d(?:\d\d(?:\.\d{1,2}){0,3})?", re.ASCII)


# What is said of a line whose category was set without a word why.
NO_REASON_KEPT = {
    "RESTRICTED": _(
        "Marked as restricted, without a reason on record. Ask which permit it needs before "
        "you accept it."
    ),
    "PROHIBITED": _(
        "Marked as prohibited, without a reason on record. Do not accept it before customs "
        "has said that it may travel."
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is kept on a line: the category, its reason in Spanish, who grants a permit. The reason
    in English stays with the rule."""

    category: str
    reason: str = ""
    permit_authority: str = ""
    reason_en: str = ""


ALLOWED = Verdict("ALLOWED")


class CategoryRules:
    """Verdicts by prefix of digits; the longest prefix wins."""

    def __init__(self, verdicts: Mapping[str, Verdict]) -> None:
        self._verdicts = verdicts
        self._lengths = sorted({len(prefix) for prefix in verdicts}, reverse=True)

    def __len__(self) -> int:
        return len(self._verdicts)

    def verdict(self, code: str) -> Verdict:
        """The verdict on a code with dots; ALLOWED without a reason where no rule speaks."""
        number = codes.digits(code)
        for length in self._lengths:
            found = self._verdicts.get(number[:length])
            if found is not None and len(number) >= length:
                return found
        return ALLOWED


def reason_of(code: str, category: str, kept: str) -> str:
    """Why couriers may not freely carry a line, in the language in force; "" where they may.

    ``kept`` is the reason on the line: a rule's, told in English too, or a person's, told as it
    was written. Where there is none, that is said.
    """
    if category not in NO_REASON_KEPT:
        return ""
    kept = kept.strip()
    if not kept:
        return gettext(NO_REASON_KEPT[category])
    if (get_language() or "").startswith("en"):
        verdict = shipped_rules().verdict(code)
        if verdict.reason == kept:
            return verdict.reason_en
    return kept


@cache
def shipped_rules() -> CategoryRules:
    """The rules of categories.toml, read once."""
    return load_rules(RULES_FILE)


def load_rules(path: Path) -> CategoryRules:
    """Read a rules file. Raises WorkError(bad-rules) that names the rule and what is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorkError(
            "bad-rules",
            _("The rules file %(name)s cannot be read: %(reason)s."),
            name=path.name,
            reason=str(error),
        ) from None
    verdicts: dict[str, Verdict] = {}
    rules = document.get("rule")
    if set(document) != {"rule"} or not isinstance(rules, list):
        raise _bad(path, 0, "the file must hold [[rule]] tables and nothing else")
    for number, rule in enumerate(rules, start=1):
        fault = _fault(rule)
        if fault:
            raise _bad(path, number, fault)
        verdict = Verdict(
            rule["category"],
            rule["reason_es"],
            rule.get("permit_authority", ""),
            rule["reason_en"],
        )
        for prefix in map(codes.digits, rule["prefixes"]):
            if prefix in verdicts:
                raise _bad(path, number, f"the prefix {prefix} stands in an earlier rule too")
            verdicts[prefix] = verdict
    return CategoryRules(verdicts)


def _bad(path: Path, number: int, fault: str) -> WorkError:
    return WorkError(
        "bad-rules",
        _("Rule %(number)s of %(name)s is wrong: %(fault)s."),
        number=number,
        name=path.name,
        fault=fault,
    )


def _fault(rule: Any) -> str:
    """What is wrong with one rule, or nothing."""
    if not isinstance(rule, dict):
        return "it is no table"
    strange = sorted(set(rule) - KEYS)
    if strange:
        return f"it has the unknown key {strange[0]}"
    for key in TEXT_KEYS:
        if not isinstance(rule.get(key), str) or not rule[key].strip():
            return f"{key} is missing"
    if rule["category"] not in CATEGORIES:
        return f"the category {rule['category']} is none of {', '.join(CATEGORIES)}"
    authority = rule.get("permit_authority", "")
    if not isinstance(authority, str) or len(authority) > 200:
        return "permit_authority must be a text of at most 200 characters"
    prefixes = rule.get("prefixes")
    if not isinstance(prefixes, list) or not prefixes:
        return "prefixes must be a list of codes"
    for prefix in prefixes:
        if not isinstance(prefix, str) or not PREFIX.fullmatch(prefix):
            return f"{prefix!r} is no prefix of a code, such as 3604 or 2710.12"
    return ""
