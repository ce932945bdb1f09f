"""Figures, times and icons in templates, printed as everywhere else in the console."""

from decimal import Decimal
from textwrap import shorten
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from admintools.console import formatting, presentation
from admintools.jobs import parts

register = template.Library()

LONGEST_ABOVE = 80  # characters of each text

register.filter("figure", formatting.number)
register.filter("size", formatting.size)
register.filter("duration", formatting.duration)
register.filter("clock", formatting.clock)
register.filter("when", formatting.when)
register.filter("ago", formatting.ago)
register.filter("engine", formatting.engine)
register.filter("whole_percent", formatting.whole_percent)
register.filter("hundredths", formatting.hundredths)
register.filter("elapsed", presentation.elapsed)
register.filter("outcome", presentation.outcome)
register.filter("starts", parts.starts)
register.filter("starts_worker", parts.starts_worker)


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """One picture of the page's sprite; words beside it carry the meaning."""
    return format_html(
        '<svg class="co-i{}" aria-hidden="true"><use href="#co-i-{}"/></svg>',
        f" {kind}" if kind else "",
        name,
    )


@register.filter
def share(value: float) -> str:
    """A rate such as 0.15 as 15 %."""
    return f"{float(value) * 100:g}{formatting.NBSP}%"


@register.filter
def money(value: Decimal) -> str:
    """An amount with its cents: 1,234.50."""
    return formatting.number(value, 2)  # type: ignore[arg-type]


@register.filter
def normal(value: Decimal) -> str:
    """A quantity without idle decimals: 2, 1.5."""
    return f"{value.normalize():f}"


@register.filter
def above(texts: list[str]) -> str:
    """The texts over a line in a list of many: the beginning of each. A heading may have 90 words,
    and the line's own page says them all."""
    return " › ".join(shorten(text.rstrip(" :"), LONGEST_ABOVE, placeholder="…") for text in texts)


@register.filter
def points(value: float) -> str:
    """A weight of the search: 4.3, 0.5, 1."""
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def met_in(field: str) -> str:
    """The part of a line that a word of a query met (search.explain)."""
    named = {
        "keywords": _("search word"),
        "own": _("description"),
        "ancestors": _("text above"),
        "phrase": _("whole search word"),
        "code": _("code"),
    }
    return named.get(field, field)


@register.filter
def phase_icon(state: str) -> str:
    icons = {"done": "ok", "current": "now", "failed": "err", "stopped": "off"}
    return icons.get(state, "todo")


@register.filter
def attempt_look(outcome: str) -> tuple[str, str]:
    """Icon and tone of an attempt's end."""
    looks = {
        "running": ("run", "info"),
        "succeeded": ("ok", "ok"),
        "failed": ("err", "err"),
        "lost": ("nosig", "warn"),
        "again": ("clock", "warn"),
        "drained": ("undo", "info"),
        "limited": ("undo", "info"),
    }
    return looks.get(outcome, ("off", ""))


@register.filter
def last_id(lines: list[dict[str, Any]]) -> int:
    return lines[-1]["id"] if lines else 0
