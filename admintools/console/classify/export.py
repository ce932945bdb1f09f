"""A reviewed manifest as CSV: what was confirmed, its rates, and what is due on each value."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from admintools.console.spreadsheet import BOM, line
from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.taxes import Rates, taxes_on
from micasillero.catalog.values import RATE_FIELDS
from micasillero.classification.models import Manifest, ManifestLine

from .category import category_of
from .line import tax_label


def lines_of_csv(manifest: Manifest) -> Iterator[str]:
    """The file in pieces. A line that nobody confirmed has no code."""
    yield BOM + line(_header())
    lines = list(manifest.lines.in_order().select_related("partida"))
    above = ancestor_texts(goods.partida_id for goods in lines if goods.partida_id)
    for goods in lines:
        yield line([*_goods(goods, manifest), *_told(goods, above)])


def _header() -> list[str]:
    rates = [_("rate, %(tax)s") % {"tax": tax_label(name)} for name in RATE_FIELDS]
    return [
        _("Line"),
        _("Goods"),
        _("Quantity"),
        _("CIF value"),
        _("Currency"),
        _("State"),
        _("Code"),
        _("Description"),
        _("Category"),
        _("Reason"),
        *rates,
        *[tax_label(name) for name in RATE_FIELDS],
        _("Total taxes"),
    ]


def _goods(goods: ManifestLine, manifest: Manifest) -> list[Any]:
    return [
        goods.position,
        goods.text,
        goods.quantity,
        goods.cif,
        manifest.currency if goods.cif is not None else "",
        goods.get_state_display(),
        goods.code,
    ]


def _told(goods: ManifestLine, above: dict[int, list[str]]) -> list[Any]:
    """Of the chosen line; nothing without one, or when it is gone from the tariff."""
    partida = goods.partida
    if partida is None:
        return [""] * (4 + 2 * len(RATE_FIELDS))
    category = category_of(partida)
    text = " › ".join([*above.get(partida.pk, []), partida.descripcion])
    told = [text, category.label, category.reason]
    told += [f"{getattr(partida, name):f}" for name in RATE_FIELDS]
    if goods.cif is None:
        return [*told, *[""] * (1 + len(RATE_FIELDS))]
    taxes = taxes_on(goods.cif, Rates.of(partida))
    return [*told, *[due.amount for due in taxes.dues], taxes.total]
