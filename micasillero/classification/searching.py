"""Searching the lines of a manifest, as long work that goes on after the lines it had stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from micasillero.quality import asked
from micasillero.search.query import SearchAnswer, search
from micasillero.work import Stopped, Work, WorkError

from .models import LineState, Manifest, ManifestLine
from .reading import Goods

HITS_KEPT = 5
# Lines stored together: a run that is lost repeats no more than these.
PORTION = 20


def store(goods: Iterable[Goods], *, name: str, currency: str, user: Any = None) -> Manifest:
    """Keep a manifest as it was read; nothing is searched yet."""
    with transaction.atomic():
        manifest = Manifest.objects.create(name=name[:255], currency=currency, created_by=user)
        ManifestLine.objects.bulk_create(
            ManifestLine(
                manifest=manifest,
                position=position,
                text=one.text,
                quantity=one.quantity,
                cif=one.value,
            )
            for position, one in enumerate(goods, start=1)
        )
    return manifest


@dataclass
class _Counts:
    found: int = 0
    not_found: int = 0


def classify(work: Work, *, manifest_id: int, run_id: str = "") -> dict[str, Any]:
    """Search those lines of the manifest that were not searched yet.

    Returns manifest, classified, found and not_found. Raises WorkError("no-manifest"), Stopped,
    and as search does.
    """
    manifest = Manifest.objects.filter(pk=manifest_id).first()
    if manifest is None:
        raise WorkError("no-manifest", _("There is no manifest #%(number)s."), number=manifest_id)
    Manifest.objects.filter(pk=manifest.pk).update(run_id=run_id)
    left = list(manifest.lines.pending().in_order())
    done, total = work.resumed_from, work.resumed_from + len(left)
    counts = _Counts()
    for start in range(0, len(left), PORTION):
        portion = left[start : start + PORTION]
        for line in portion:
            if work.should_stop():
                raise Stopped
            _search(line, counts)
            done += 1
            work.report(
                done, total, _("%(n)s without a result"), phase="search", n=counts.not_found
            )
        with transaction.atomic():
            # Only those that are still waiting: meanwhile a person may have chosen.
            _store(portion)
            work.keep(done)
        for line in portion:
            asked.note(line.text, len(line.hits))
    return {
        "manifest": manifest.pk,
        "classified": total,
        "found": counts.found,
        "not_found": counts.not_found,
    }


def _search(line: ManifestLine, counts: _Counts) -> None:
    answer = search(line.text, HITS_KEPT)
    line.searched(hits_of(answer), relaxed=answer.relaxed)
    counts.found += line.state == LineState.FOUND
    counts.not_found += line.state == LineState.NOT_FOUND


def _store(portion: list[ManifestLine]) -> None:
    waiting = set(
        ManifestLine.objects.pending()
        .filter(pk__in=[line.pk for line in portion])
        .values_list("pk", flat=True)
    )
    columns = ["hits", "relaxed", "state"]
    ManifestLine.objects.bulk_update([one for one in portion if one.pk in waiting], columns)


def hits_of(answer: SearchAnswer) -> list[dict[str, Any]]:
    """The hits as a line keeps them."""
    return [
        {"code": hit.code, "description": hit.description, "category": hit.courier_category}
        for hit in answer.hits
    ]
