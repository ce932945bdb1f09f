"""One page of a manifest under review: its lines, the hits to choose among, what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.codes import digits, dotted
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.confirming import leaves_by_code
from micasillero.classification.models import LineState, Manifest, ManifestLine

from .category import Category, category_of

PER_PAGE = 50


@dataclass(frozen=True)
class Option:
    """One hit as a choice. ``above`` are the texts over the line, the heading's first."""

    code: str
    above: list[str]
    description: str
    category: Category
    checked: bool = False


@dataclass
class Reviewed:
    """A line with its choices. ``other``: a code by hand; ``error``: what is wrong with it."""

    line: ManifestLine
    options: list[Option]
    other: str
    error: str = ""


def page_of(manifest: Manifest, number: str) -> Page:
    """The lines of a page; a number that cannot be is the nearest that can."""
    return Paginator(manifest.lines.in_order(), PER_PAGE).get_page(number)


def reviewed(
    lines: list[ManifestLine], sent: Mapping[str, str] | None = None, errors: Any = None
) -> list[Reviewed]:
    """The lines with what was sent for them, or as they stand."""
    there = leaves_by_code(hit["code"] for line in lines for hit in line.hits)
    above = ancestor_texts(partida.pk for partida in there.values())
    hits = {
        code: Option(code, above[partida.pk], partida.descripcion, category_of(partida))
        for code, partida in there.items()
    }
    return [_reviewed(line, hits, sent, (errors or {}).get(line.pk, "")) for line in lines]


def _reviewed(
    line: ManifestLine,
    hits: Mapping[str, Option],
    sent: Mapping[str, str] | None,
    error: str,
) -> Reviewed:
    codes = [hit["code"] for hit in line.hits if hit["code"] in hits]
    picked, other = _standing(line, codes)
    if sent is not None:
        picked, other = sent.get(f"pick-{line.pk}", ""), sent.get(f"other-{line.pk}", "")
    options = [replace(hits[code], checked=code == picked) for code in codes]
    return Reviewed(line, options, other, error)


def _standing(line: ManifestLine, codes: list[str]) -> tuple[str, str]:
    """(the hit that is marked, a code by hand): what was confirmed, else an exact first hit."""
    if line.state == LineState.CONFIRMED:
        return (line.code, "") if line.code in codes else ("", line.code)
    return (codes[0], "") if codes and not line.relaxed else ("", "")


def choices(
    lines: list[ManifestLine], sent: Mapping[str, str]
) -> tuple[dict[ManifestLine, PartidaArancelaria], dict[int, str]]:
    """(the line chosen for each, what is wrong by id). A code by hand goes before a marked hit;
    what stands already is no choice."""
    wanted = {line: _wanted(line, sent) for line in lines}
    there = leaves_by_code(filter(None, wanted.values()))
    chosen, errors = {}, {}
    for line, code in wanted.items():
        if not code or code == line.code:
            continue
        if code in there:
            chosen[line] = there[code]
        else:
            errors[line.pk] = _("There is no tariff line %(code)s.") % {"code": code}
    return chosen, errors


def _wanted(line: ManifestLine, sent: Mapping[str, str]) -> str:
    other = sent.get(f"other-{line.pk}", "").replace("\x00", "").strip()
    if other:
        code = dotted(digits(other))
        return code if len(code) <= len("6404.11.00.00") else other
    picked = sent.get(f"pick-{line.pk}", "")
    return picked if line.rank_of(picked) else ""
