"""The rules that come with the product: read from shipped_rules/, kept up to date in the database.

Their README tells the form of the files. A rule that a person has changed or switched off is that
person's from then on.
"""

import tomllib
from collections import Counter
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
SWITCHES = ("in_queries", "in_descriptions")


class ShippedRulesError(ValueError):
    """The files do not hold together. The message has a line for each fault."""


@dataclass(frozen=True)
class Loaded:
    """Rules made, rules brought to what the product now says, and those that stay as they are: a
    person has changed them, or has a rule of the name that they would get."""

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
        stale = [rule for rule in old if rule.changed_at is None and _free(rule, wanted, names)]
        if new:
            rules.bulk_create(new)
        for rule in stale:
            for name, value in wanted[str(rule.shipped)].items():
                setattr(rule, name, value)
            rule.save(using=using)
    return Loaded(len(new), len(stale), len(old) - len(stale))


def _differs(rule: Rule, wanted: dict[str, dict[str, Any]]) -> bool:
    return any(getattr(rule, name) != value for name, value in wanted[str(rule.shipped)].items())


def _free(rule: Rule, wanted: dict[str, dict[str, Any]], names: set[str]) -> bool:
    name = wanted[str(rule.shipped)]["name"]
    return name == rule.name or name not in names


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
                found[slug] = _fields(slug, table)
            except ValidationError as error:
                where = f"{file.name} [{key}]"
                faults += [
                    f"{where} {name}: {' '.join(told)}" for name, told in error.message_dict.items()
                ]
    names = Counter(told["name"] for told in found.values())
    faults += [f"{name}: the name of {count} rules" for name, count in names.items() if count > 1]
    if faults:
        raise ShippedRulesError("\n".join(faults))
    return found


def _fields(slug: str, table: Any) -> dict[str, Any]:
    """As the model has them. Raises ValidationError with what is wrong with each."""
    if not isinstance(table, dict):
        raise ValidationError({"table": "this is none: write [rule], and below it what it says"})
    if unknown := sorted(set(table) - set(WRITTEN)):
        raise ValidationError(dict.fromkeys(unknown, "unknown"))
    severity = str(table.get("severity", "")).upper()
    if severity not in Severity.names:
        raise ValidationError({"severity": f"is one of {', '.join(Severity.names).lower()}"})
    told: dict[str, Any] = {"exceptions": "", "authority": "", **dict.fromkeys(SWITCHES, True)}
    told |= table
    for name, value in told.items():
        wanted = bool if name in SWITCHES else str
        if not isinstance(value, wanted):
            raise ValidationError({name: "is true or false" if wanted is bool else "is a text"})
    told |= {name: told.get(name, "").strip() for name in ("patterns", "exceptions")}
    told["severity"] = Severity[severity].value
    rule = Rule(shipped=slug, **told)
    rule.full_clean(validate_unique=False, validate_constraints=False)
    return told
