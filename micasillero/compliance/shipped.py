"""The rules that come with the product: read from shipped_rules/, kept up to date in the database.

Their README tells the form of the files. A rule that a person has changed or switched off is that
person's from then on.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from .models import Rule, Severity

FOLDER = Path(__file__).with_name("shipped_rules")
WRITTEN = ("name", "category", "severity", "patterns", "exceptions", "in_queries",
           "in_descriptions", "reason", "authority")  # fmt: skip


class ShippedRulesError(ValueError):
    """The files do not hold together. The message has a line for each fault."""


@dataclass(frozen=True)
class Loaded:
    """Rules made, rules brought to what the product now says, and those of them that a person has
    changed and that stay."""

    added: int
    updated: int
    kept: int


def installed(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the table is there: `migrate` may be run up to any point."""
    return Rule._meta.db_table in connections[using].introspection.table_names()


def load(using: str = DEFAULT_DB_ALIAS) -> Loaded:
    """Bring the rules of the files into the database. Twice does the same as once."""
    wanted = shipped_rules()
    with transaction.atomic(using=using):
        rules = Rule.objects.using(using)
        there = {rule.shipped: rule for rule in rules.exclude(shipped=None).select_for_update()}
        names = set(rules.values_list("name", flat=True))
        # A name that a person's own rule has already is that rule's.
        new = [
            Rule(shipped=slug, **told)
            for slug, told in wanted.items()
            if slug not in there and told["name"] not in names
        ]
        old = [rule for slug, rule in there.items() if slug in wanted and _differs(rule, wanted)]
        stale = [rule for rule in old if rule.changed_at is None]
        if new:
            rules.bulk_create(new)
        for rule in stale:
            for name, value in wanted[str(rule.shipped)].items():
                setattr(rule, name, value)
            rule.save(using=using)
    return Loaded(len(new), len(stale), len(old) - len(stale))


def _differs(rule: Rule, wanted: dict[str, dict[str, Any]]) -> bool:
    return any(getattr(rule, name) != value for name, value in wanted[str(rule.shipped)].items())


@cache
def shipped_rules() -> dict[str, dict[str, Any]]:
    """The fields of each rule by its slug, file.rule. Raises ShippedRulesError."""
    return read(sorted(FOLDER.glob("*.toml")))


def read(files: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """The rules of these files, checked. Raises ShippedRulesError with every fault."""
    found: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    for file in files:
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(f"{file.name}: not readable as TOML: {error}")
            continue
        for key, table in tables.items():
            slug = f"{file.stem}-{key}"
            try:
                found[slug] = _fields(table)
            except ValidationError as error:
                faults += [f"{file.name} [{key}]: {sentence}" for sentence in error.messages]
    if faults:
        raise ShippedRulesError("\n".join(faults))
    return found


def _fields(table: dict[str, Any]) -> dict[str, Any]:
    """As the model has them. Raises ValidationError."""
    if unknown := set(table) - set(WRITTEN):
        raise ValidationError(f"unknown: {', '.join(sorted(unknown))}")
    told = {"exceptions": "", "authority": "", "in_queries": True, "in_descriptions": True} | table
    for name in ("patterns", "exceptions"):
        told[name] = told.get(name, "").strip()
    severity = str(told.get("severity", "")).upper()
    if severity not in Severity.names:
        raise ValidationError(f"severity is one of {', '.join(Severity.names).lower()}")
    told["severity"] = Severity[severity].value
    Rule(**told).clean_fields()
    Rule(**told).clean()
    return told
