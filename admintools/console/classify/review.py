"""One page of a manifest under review: its lines, the hits to choose among, what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.codes import digits, dotted
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.confirming import is_free, leaves_by_code
from micasillero.classification.models import LineState, Manifest, ManifestLine

from .category import Category, category_of

PER_PAGE = 50


@dataclass(frozen=True)
class Option:
    """One line as a choice. ``above`` are the texts over it, the heading's first; ``free`` says
    that couriers may carry it without more ado."""

    code: str
    above: list[str]
    description: str
    category: Category
    free: bool
    checked: bool = False


@dataclass
class Reviewed:
    """A line with its choices: its hits, and a code by hand that was confirmed. ``other``: a code
    that is typed, or was confirmed and is gone from the tariff; ``error``: what is wrong with it.
    """

    line: ManifestLine
    options: list[Option]
    other: str
    error: str = ""

    @property
    def none(self) -> bool:
        """Is no choice marked?"""
        return not any(option.checked for option in self.options)


@dataclass
class Choices:
    """What a page was sent with: the line ``chosen`` for each, those ``withdrawn``, and what is
    wrong by id."""

    chosen: dict[ManifestLine, PartidaArancelaria] = field(default_factory=dict)
    withdrawn: list[ManifestLine] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)


def page_of(manifest: Manifest, number: str) -> Page:
    """The lines of a page; a number that cannot be is the nearest that can."""
    return Paginator(manifest.lines.in_order(), PER_PAGE).get_page(number)


def reviewed(
    lines: list[ManifestLine], sent: Mapping[str, str] | None = None, errors: Any = None
) -> list[Reviewed]:
    """The lines with what was sent for them, or as they stand."""
    there = leaves_by_code(code for line in lines for code in _codes(line))
    above = ancestor_texts(partida.pk for partida in there.values())
    options = {
        code: Option(
            code, above[partida.pk], partida.descripcion, category_of(partida), is_free(partida)
        )
        for code, partida in there.items()
    }
    return [_reviewed(line, options, sent, (errors or {}).get(line.pk, "")) for line in lines]


def _codes(line: ManifestLine) -> list[str]:
    """What a line may be marked with: its hits, and what was confirmed by hand."""
    codes = [hit["code"] for hit in line.hits]
    return codes if line.code in ("", *codes) else [*codes, line.code]


def _reviewed(
    line: ManifestLine,
    known: Mapping[str, Option],
    sent: Mapping[str, str] | None,
    error: str,
) -> Reviewed:
    options = [known[code] for code in _codes(line) if code in known]
    picked, other = _standing(line, options)
    if sent is not None:
        picked, other = sent.get(f"pick-{line.pk}", ""), sent.get(f"other-{line.pk}", "")
    marked = [replace(option, checked=option.code == picked) for option in options]
    return Reviewed(line, marked, other, error)


def _standing(line: ManifestLine, options: list[Option]) -> tuple[str, str]:
    """(what is marked, a code by hand): what was confirmed, else an exact first hit that may be
    carried freely. What may not be is never confirmed by a press for the whole page."""
    if line.state == LineState.CONFIRMED:
        there = any(option.code == line.code for option in options)
        return (line.code, "") if there else ("", line.code)
    first = options[0] if options and not line.relaxed else None
    return (first.code, "") if first and first.free else ("", "")


def choices(lines: list[ManifestLine], sent: Mapping[str, str]) -> Choices:
    """A code by hand goes before a marked one; what stands already is no choice. A line is
    withdrawn only by who saw what was confirmed for it: not by a page from before."""
    wanted = {line: _wanted(line, sent) for line in lines}
    there = leaves_by_code(filter(None, wanted.values()))
    made = Choices()
    for line, code in wanted.items():
        if not code:
            if line.code and sent.get(f"confirmed-{line.pk}") == line.code:
                made.withdrawn.append(line)
        elif code == line.code:
            continue
        elif code in there:
            made.chosen[line] = there[code]
        else:
            made.errors[line.pk] = _("There is no tariff line %(code)s.") % {"code": code}
    return made


def _wanted(line: ManifestLine, sent: Mapping[str, str]) -> str:
    other = sent.get(f"other-{line.pk}", "").replace("\x00", "").strip()
    if other:
        code = dotted(digits(other))
        return code if len(code) <= len("6404.11.00.00") else other
    picked = sent.get(f"pick-{line.pk}", "")
    return picked if picked in _codes(line) else ""
