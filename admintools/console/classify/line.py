"""The chosen line as its panel shows it: texts, rates, taxes, category, and why it was found."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from admintools.jobs.texts import render
from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.taxes import Rates, Taxes, taxes_on
from micasillero.catalog.values import RATE_FIELDS
from micasillero.classification.models import Currency
from micasillero.search.explain import Explanation, explain
from micasillero.work import TryAgain, WorkError

from .category import Category, category_of

SIGNS = {Currency.LEMPIRAS: "L", Currency.DOLLARS: "US$"}


@dataclass(frozen=True)
class Panel:
    """``press`` identifies this rendering of the button."""

    code: str
    description: str
    description_en: str
    above: list[str]
    category: Category
    rates: list[tuple[str, Any]]
    press: uuid.UUID


def panel_of(line: PartidaArancelaria) -> Panel:
    return Panel(
        code=line.item_no,
        description=line.descripcion,
        description_en=line.descripcion_en,
        above=ancestor_texts([line.pk])[line.pk],
        category=category_of(line),
        rates=[(tax_label(name), getattr(line, name)) for name in RATE_FIELDS],
        press=uuid.uuid4(),
    )


def tax_label(name: str) -> str:
    """As the line's own field is called: import duty (DAI)."""
    return str(getattr(PartidaArancelaria._meta.get_field(name), "verbose_name", name))


@dataclass(frozen=True)
class Estimate:
    """``rows``: (tax, rate, base, amount), the taxes that are not 0."""

    sign: str
    taxes: Taxes
    rows: list[tuple[str, Decimal, Decimal, Decimal]]


def estimate(line: PartidaArancelaria, cif: Decimal | None, currency: str) -> Estimate | None:
    """The taxes on a value; None without one."""
    if cif is None:
        return None
    told = taxes_on(cif, Rates.of(line))
    rows = [
        (tax_label(f"impuesto_{due.tax}"), due.rate, due.base, due.amount)
        for due in told.dues
        if due.rate
    ]
    return Estimate(SIGNS[Currency(currency)], told, rows)


@dataclass(frozen=True)
class Why:
    """``fault`` says why there is no explanation."""

    told: Explanation | None = None
    fault: str = ""


def why(query: str, code: str) -> Why:
    """Which field and term of the line the query met, with which weight."""
    try:
        return Why(explain(query, code))
    except WorkError as error:
        return Why(fault=render(error.message, error.params))
    except TryAgain as error:
        return Why(fault=_(str(error)))
