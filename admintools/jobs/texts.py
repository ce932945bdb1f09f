"""Texts that outlive the reader's language: a msgid and its parameters, translated when read."""

import re
from collections.abc import Mapping

from django.utils.formats import localize
from django.utils.translation import gettext

# A password inside a URL, and what follows a word that announces a secret.
_URL_PASSWORD = re.compile(r"(?P<head>[a-z][a-z0-9+.-]*://)[^\s/@]*@", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"(?P<head>(?:password|passwd|secret|token|api_?key|authorization)['\"]?\s*[:=]\s*)"
    r"(?:['\"][^'\"]*['\"]|\S+)",
    re.IGNORECASE,
)


def render(text: str, params: Mapping[str, object]) -> str:
    """The msgid in the active language, its parameters in; never raises on a bad pair."""
    if not text:
        return ""
    translated = gettext(text)
    if not params:
        return translated
    shown = {name: localize(value) for name, value in params.items()}
    try:
        return translated % shown
    except (KeyError, ValueError, TypeError):
        return f"{translated} {dict(params)}"


def scrub(text: str) -> str:
    """The text without passwords: what a traceback or an error may carry is shown to staff."""
    text = _URL_PASSWORD.sub(r"\g<head>***@", text)
    return _NAMED_SECRET.sub(r"\g<head>***", text)


def scrub_params(params: Mapping[str, object]) -> dict[str, object]:
    """JSON-able parameters: numbers and booleans stay, all else becomes scrubbed text."""
    return {
        name: value if isinstance(value, int | float | bool) else scrub(str(value))
        for name, value in params.items()
    }
