"""Texts that outlive the reader's language: a msgid and its parameters, translated when read."""

import math
import re
from collections.abc import Mapping
from typing import Any

from django.utils.formats import localize, number_format
from django.utils.translation import gettext

# A password inside a URL, and what follows a word that announces a secret.
_URL_PASSWORD = re.compile(r"(?P<head>[a-z][a-z0-9+.-]{0,20}://)[^\s/@]*@", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"(?P<head>(?:password|passwd|secret(?:_key)?|token|api[_-]?key|authorization|sessionid)['\"]?"
    r"\s*[:=]\s*)"
    # With the word before it, as in "Authorization: Bearer …".
    r"(?:['\"][^'\"]*['\"]|(?:(?:bearer|basic|token)\s+)?\S+)",
    re.IGNORECASE,
)
# Shorter ones are words: "basic materials".
_SHOWN_TOKEN = re.compile(r"(?P<head>\b(?:bearer|basic)\s+)[\w.~+/=-]{16,}", re.IGNORECASE)
# PostgreSQL takes no NUL, and no database takes half a surrogate pair; dirty files hold both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def render(text: str, params: Mapping[str, object]) -> str:
    """The msgid in the active language, its parameters in; never raises on a bad pair."""
    if not text:
        return ""
    translated = gettext(text)
    if not params:
        return translated
    shown = {name: _shown(value) for name, value in params.items()}
    try:
        return translated % shown
    except (KeyError, ValueError, TypeError):
        return f"{translated} {dict(params)}"


def _shown(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_format(value, force_grouping=True)
    return str(localize(value))


def scrub(text: str) -> str:
    """The text without passwords: what a traceback or an error may carry is shown to staff."""
    text = _URL_PASSWORD.sub(r"\g<head>***@", _UNSTORABLE.sub("\ufffd", text))
    text = _NAMED_SECRET.sub(r"\g<head>***", text)
    return _SHOWN_TOKEN.sub(r"\g<head>***", text)


def scrub_params(params: Mapping[str, object]) -> dict[str, object]:
    """JSON-able parameters: numbers and booleans stay, all else becomes scrubbed text."""
    return {
        name: value if _is_json_number(value) else scrub(str(value))
        for name, value in params.items()
    }


def storable(value: Any) -> Any:
    """A JSON-able value in which every text and number is one that the database takes."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {storable(name): storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return value


def _is_json_number(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
