"""Compares a tariff file with the stored lines and says what an import would do.

Reads only. A line's parent is the longest code of the file that its own digits start with: in the
official file of 2022 that is the column ``padre`` in all of its 10,692 well-formed rows, and the
texts it leads to are those of the column ``partida`` in all of the 7,261 tariff lines that have
one, while the dashes before the texts contradict it 75 times by slips of the pen. So neither the
column nor the dashes are asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _

from micasillero.work import Stopped, Work, WorkError

from . import codes, ending
from .categories import CategoryRules, shipped_rules
from .models import PartidaArancelaria
from .reading import Row, Skipped, read_rows
from .values import RATE_FIELDS, Line, Values, stored_lines, to_json
from .writing import Stamp, chunks, stamp

# The lines of a file are held in memory while they are compared: this bounds it. A tariff has
# some ten thousand.
MOST_ROWS = 200_000
EACH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One line that is made or changed. ``before`` and ``after`` hold the fields that differ."""

    code: str
    values: Values
    after: dict[str, Any]
    pk: int | None = None
    before: dict[str, Any] | None = None


@dataclass(slots=True)
class Plan:
    """What an import would do, true for the lines as ``stamp`` saw them."""

    stamp: Stamp
    leaves: int = 0
    branches: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    created: list[Change] = field(default_factory=list)
    updated: list[Change] = field(default_factory=list)
    removed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many lines would be written."""
        return len(self.created) + len(self.updated) + len(self.removed)

    def counts(self) -> dict[str, int]:
        """The counts of every row and line."""
        return {
            "read": self.leaves + self.branches + len(self.skipped),
            "leaves": self.leaves,
            "branches": self.branches,
            "skipped": len(self.skipped),
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "removed": len(self.removed),
        }

    def sample(self, most: int) -> list[dict[str, Any]]:
        """At most ``most`` differences, of every kind: ``{code, kind, before, after}``."""
        mixed = zip_longest(
            (("UPDATED", change) for change in self.updated[:most]),
            (("REMOVED", line) for line in self._removed_lines(most)),
            (("CREATED", change) for change in self.created[:most]),
        )
        chosen = [entry for trio in mixed for entry in trio if entry is not None][:most]
        return sorted((_difference(*entry) for entry in chosen), key=lambda d: d["code"])

    def _removed_lines(self, most: int) -> list[Line]:
        chosen = PartidaArancelaria.objects.filter(pk__in=[pk for pk, _c in self.removed[:most]])
        return list(stored_lines(chosen))


def _difference(kind: str, change: Any) -> dict[str, Any]:
    if kind == "REMOVED":
        before, after = to_json(change.values), None
    else:
        before, after = change.before, change.after
    return {"code": change.code, "kind": kind, "before": before, "after": after}


def prepare(paths: Sequence[Path], work: Work) -> Plan:
    """Read the files as one tariff and compare it with the stored lines.

    Raises WorkError: what read_rows raises, and duplicate-codes, too-many-rows, no-lines. Raises
    Stopped.
    """
    plan = Plan(stamp())
    rows = _read(paths, plan, work)
    _compare(rows, plan, work)
    return plan


def _watched(items: Iterable[Any], work: Work, phase: str, total: int | None) -> Iterator[Any]:
    message = _("Reading the file") if phase == "read" else _("Comparing with the stored lines")
    for done, item in enumerate(items):
        if done % EACH == 0:
            if work.should_stop():
                raise Stopped
            work.report(done, total, message, phase=phase)
        yield item


def _read(paths: Sequence[Path], plan: Plan, work: Work) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    doubles: list[tuple[str, int, int]] = []
    last: Row | Skipped | None = None
    every = (row for path in paths for row in read_rows(path))
    for row in _watched(every, work, "read", None):
        if len(rows) + len(plan.skipped) >= MOST_ROWS:
            raise WorkError(
                "too-many-rows",
                _("The file has more than %(most)s rows: is it the tariff?"),
                most=MOST_ROWS,
            )
        if isinstance(row, Skipped):
            plan.skipped.append(row)
        elif row.code in rows:
            doubles.append((row.code, rows[row.code].number, row.number))
        else:
            rows[row.code] = row
        last = row
    if isinstance(last, Row):
        ending.refuse_cut_off(paths[-1], last.number, _texts(last.code, rows))
    if doubles:
        raise _duplicates(doubles)
    plan.leaves = sum(row.is_leaf for row in rows.values())
    plan.branches = len(rows) - plan.leaves
    if not plan.leaves:
        raise WorkError(
            "no-lines",
            _("None of the %(rows)s rows is a tariff line (0101.21.00.00): is it the tariff?"),
            rows=len(rows) + len(plan.skipped),
        )
    return rows


def _texts(code: str, rows: dict[str, Row]) -> Iterator[str]:
    """The texts of a line and of those above it, as the file has them."""
    at: str | None = code
    while at is not None:
        yield rows[at].descripcion
        at = codes.parent_of(at, rows)


def _duplicates(doubles: list[tuple[str, int, int]]) -> WorkError:
    named = "; ".join(f"{code}: {first}, {second}" for code, first, second in doubles[:5])
    return WorkError(
        "duplicate-codes",
        _("%(count)s codes stand twice (code: rows): %(codes)s. Keep one row of each."),
        count=len(doubles),
        codes=named + ("; ..." if len(doubles) > 5 else ""),
    )


def _compare(rows: dict[str, Row], plan: Plan, work: Work) -> None:
    rules = shipped_rules()
    total = len(rows)
    for part in chunks(_watched(rows.values(), work, "compare", total)):
        chosen = PartidaArancelaria.objects.filter(item_no__in=[row.code for row in part])
        stored = {line.code: line for line in stored_lines(chosen)}
        for row in part:
            _compare_line(row, codes.parent_of(row.code, rows), stored.get(row.code), rules, plan)
    lines = PartidaArancelaria.objects.order_by("pk").values_list("pk", "item_no")
    plan.removed = [(pk, code) for pk, code in lines.iterator(5_000) if code not in rows]
    work.report(total, total, _("Comparing with the stored lines"), phase="compare")


def _compare_line(
    row: Row, parent: str | None, stored: Line | None, rules: CategoryRules, plan: Plan
) -> None:
    wanted = _wanted(row, parent, stored.values if stored else None, rules)
    if stored is None:
        plan.created.append(Change(row.code, wanted, to_json(wanted)))
        return
    differing = [name for name, value in wanted.items() if stored.values[name] != value]
    if not differing:
        plan.unchanged += 1
        return
    before = to_json({name: stored.values[name] for name in differing})
    after = to_json({name: wanted[name] for name in differing})
    plan.updated.append(Change(row.code, wanted, after, stored.pk, before))


def _wanted(row: Row, parent: str | None, stored: Values | None, rules: CategoryRules) -> Values:
    """What the line should hold. A category set by hand stays; so does the English text where
    the file has no column for it."""
    english = row.descripcion_en
    if english is None:
        english = stored["descripcion_en"] if stored else ""
    wanted: Values = {
        "parent": parent,
        "descripcion": row.descripcion,
        "descripcion_en": english,
        "is_leaf": row.is_leaf,
        **dict(zip(RATE_FIELDS, row.rates, strict=True)),
    }
    if stored and stored["category_by_hand"]:
        names = ("courier_category", "category_reason", "permit_authority", "category_by_hand")
        return wanted | {name: stored[name] for name in names}
    verdict = rules.verdict(row.code)
    return wanted | {
        "courier_category": verdict.category,
        "category_reason": verdict.reason,
        "permit_authority": verdict.permit_authority,
        "category_by_hand": False,
    }
