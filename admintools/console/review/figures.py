"""The figures of a generation run, for the person who decides about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from admintools.console.fact import Fact
from admintools.console.formatting import dollars, number
from micasillero.generation.budget import MICROS
from micasillero.generation.models import GenerationRun
from micasillero.keywords.models import Status
from micasillero.keywords.querysets import KeywordQuerySet

from .wording import reason

MEASURES = ("S@1", "S@5", "MRR@10", "zero_result_rate")


@dataclass(frozen=True)
class Change:
    """One measure of the judged queries, before and after the acceptance."""

    label: str
    before: str
    now: str


def facts(run: GenerationRun | None, written: KeywordQuerySet) -> list[Fact]:
    """What it did and cost, then how its keywords stand now."""
    counted = [(Status(row["status"]), row["n"]) for row in _by_status(written)]
    standing = [Fact(str(status.label), number(n), _("keywords now")) for status, n in counted]
    if run is None:
        return standing
    counts = run.counts
    if run.is_learned:
        learned = {"considered": _("Considered"), "passed": _("Proposed")}
        return [*_told(counts, learned), *standing]
    labels = {
        "lines": _("Tariff lines"),
        "without": _("Lines without keywords"),
        "suggested": _("Suggested"),
        "passed": _("Passed the filters"),
        "doubtful": _("Doubtful"),
    }
    tokens = {"input": number(run.input_tokens), "output": number(run.output_tokens)}
    calls = _("%(n)s answers reused") % {"n": number(run.reused)}
    return [
        *_told(counts, labels),
        Fact(_("Calls"), number(run.calls), calls),
        Fact(_("Tokens"), number(run.input_tokens + run.output_tokens),
             _("%(input)s in, %(output)s out") % tokens),
        Fact(_("Cost"), dollars(run.cost_micros / MICROS)),
        *standing,
    ]  # fmt: skip


def _told(counts: Mapping[str, Any], labels: Mapping[str, str]) -> list[Fact]:
    return [Fact(label, number(counts[name])) for name, label in labels.items() if name in counts]


def dropped(run: GenerationRun | None) -> list[tuple[str, str]]:
    """(reason, how many) of the suggestions that the filters dropped, the most frequent first."""
    found = run.counts.get("dropped", {}) if run else {}
    if not isinstance(found, dict):
        return []
    ordered = sorted(found.items(), key=lambda pair: (-int(pair[1]), pair[0]))
    return [(reason(word), number(n)) for word, n in ordered]


def quality(run: GenerationRun | None) -> list[Change]:
    """The measures before and after; ``now`` "" where they were not asked again."""
    told = run.quality if run else {}
    before, now = told.get("before") or {}, told.get("now") or {}
    labels = {"zero_result_rate": _("Without a result")}
    return [
        Change(labels.get(name, name), number(before[name], 3), number(now.get(name), 3))
        for name in MEASURES
        if name in before
    ]


def _by_status(written: KeywordQuerySet) -> list[dict]:
    found = written.order_by().values("status").annotate(n=Count("pk"))
    return list(found.order_by("-n"))
