"""Synthetic lines for tests of scale: the same number gives the same lines, on any machine.

They live in chapters 77, 98 and 99, which the Harmonized System leaves empty, so they never meet a
real code. A heading has 100 subheadings, each has 10 branches of 10 leaves.
"""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.work import SilentWork, Stopped, Work, WorkError

from . import codes
from .changes import mark_dirty
from .models import PartidaArancelaria
from .values import COLUMNS, Values
from .writing import chunks, create_lines, hold_lines

CHAPTERS = (77, 98, 99)
PER_HEADING = 10_000
MOST = len(CHAPTERS) * 100 * PER_HEADING

GOODS = (
    ("Lámparas", "Lamps"), ("Bombas", "Pumps"), ("Camisas", "Shirts"), ("Mochilas", "Backpacks"),
    ("Cables", "Cables"), ("Sillas", "Chairs"), ("Relojes", "Watches"), ("Tornillos", "Screws"),
    ("Filtros", "Filters"), ("Guantes", "Gloves"), ("Botellas", "Bottles"), ("Juguetes", "Toys"),
    ("Cepillos", "Brushes"), ("Válvulas", "Valves"), ("Teclados", "Keyboards"), ("Ollas", "Pots"),
    ("Cortinas", "Curtains"), ("Motores", "Motors"), ("Espejos", "Mirrors"), ("Correas", "Belts"),
    ("Baldosas", "Tiles"), ("Sensores", "Sensors"), ("Zapatos", "Shoes"), ("Mangueras", "Hoses"),
    ("Cuadernos", "Notebooks"), ("Antenas", "Antennas"), ("Tijeras", "Scissors"),
)  # fmt: skip
MATTERS = (
    ("de acero", "of steel"), ("de aluminio", "of aluminium"), ("de algodón", "of cotton"),
    ("de plástico", "of plastics"), ("de vidrio", "of glass"), ("de madera", "of wood"),
    ("de caucho", "of rubber"), ("de cobre", "of copper"), ("de cerámica", "of ceramics"),
    ("de cuero", "of leather"), ("de lana", "of wool"), ("de papel", "of paper"),
    ("de latón", "of brass"), ("de bambú", "of bamboo"), ("de nailon", "of nylon"),
)  # fmt: skip
USES = (
    ("para uso doméstico", "for the household"), ("para la industria", "for industry"),
    ("para oficina", "for the office"), ("para vehículos", "for vehicles"),
    ("para niños", "for children"), ("para laboratorio", "for laboratories"),
    ("para la agricultura", "for farming"), ("para deporte", "for sport"),
    ("para hospitales", "for hospitals"), ("para cocina", "for the kitchen"),
    ("para la construcción", "for building"), ("para viaje", "for travel"),
    ("para exteriores", "for outdoors"), ("para barcos", "for ships"),
)  # fmt: skip
RATES = tuple(Decimal(text) for text in ("0.0000", "0.0500", "0.1000", "0.1500"))
SALES_TAX = Decimal("0.1500")
NOTHING = Decimal("0.0000")


def seed(items: int, *, work: Work | None = None) -> dict[str, Any]:
    """Make the first ``items`` synthetic leaves and their branches; those there already stay.

    Returns ``{items, created, branches, seconds}``: the leaves asked for, and the leaves and
    branches that were made. A heading's 10,000 leaves are one transaction, and the memory taken
    does not grow with ``items``. Raises WorkError(bad-number), Stopped.
    """
    if not 1 <= items <= MOST:
        raise WorkError("bad-number", _("Ask for 1 to %(most)s lines."), most=MOST)
    work = work or SilentWork()
    started = time.monotonic()
    created = branches = 0
    for first in range(0, items, PER_HEADING):
        work.report(first, items, _("Writing synthetic lines"), phase="apply")
        if work.should_stop():
            raise Stopped
        made = _heading(range(first, min(first + PER_HEADING, items)))
        created += made[0]
        branches += made[1]
    work.report(items, items, _("Writing synthetic lines"), phase="apply")
    seconds = round(time.monotonic() - started, 3)
    return {"items": items, "created": created, "branches": branches, "seconds": seconds}


def _heading(numbers: range) -> tuple[int, int]:
    lines = dict(_lines(numbers))
    heading = next(iter(lines))
    with transaction.atomic():
        hold_lines()
        stored = PartidaArancelaria.objects.filter(item_no__startswith=heading)
        for code in stored.values_list("item_no", flat=True):
            lines.pop(code, None)
        branches = {code: values for code, values in lines.items() if not values["is_leaf"]}
        made = sum(1 for _line in create_lines(branches))
        newest = PartidaArancelaria.objects.aggregate(pk=Max("pk"))["pk"] or 0
        leaves = [(code, values) for code, values in lines.items() if values["is_leaf"]]
        parents = dict(stored.branches().values_list("item_no", "pk"))
        _insert(leaves, parents)
        mark_dirty(stored.leaves().filter(pk__gt=newest), stored.db)
    return len(leaves), made


def _insert(leaves: list[tuple[str, Values]], parents: dict[str, int]) -> None:
    """By plain SQL: bulk_create spends most of a million lines' time in building objects."""
    connection = connections[router.db_for_write(PartidaArancelaria)]
    adapt = connection.ops
    rates = {rate: adapt.adapt_decimalfield_value(rate, 7, 4) for rate in (*RATES, SALES_TAX)}
    now = adapt.adapt_datetimefield_value(timezone.now())
    names = [*COLUMNS, "item_no", "parent_id", "version", "updated_at"]
    table = adapt.quote_name(PartidaArancelaria._meta.db_table)
    row = f"({', '.join(['%s'] * len(names))})"
    with connection.cursor() as cursor:
        for part in chunks(leaves):
            parameters: list[Any] = []
            for code, values in part:
                columns = (values[name] for name in COLUMNS)
                parameters += (rates[v] if isinstance(v, Decimal) else v for v in columns)
                parameters += (code, parents[values["parent"]], 1, now)
            rows = ", ".join([row] * len(part))
            # Names come from the model, values are parameters.
            cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES {rows}", parameters)  # noqa: S608


def _lines(numbers: range) -> Iterator[tuple[str, Values]]:
    """The lines of one heading by code, each branch before what hangs below it."""
    heading = _code(numbers[0])[:4]
    yield heading, _branch(None, numbers[0], 0)
    for number in numbers:
        code = _code(number)
        if number % 100 == 0:
            yield code[:7], _branch(heading, number, 1)
        if number % 10 == 0:
            yield code[:10], _branch(code[:7], number, 2)
        yield code, _leaf(code, number)


def _code(number: int) -> str:
    heading, rest = divmod(number, PER_HEADING)
    chapter, below = divmod(heading, 100)
    subheading, branch, leaf = rest // 100, rest // 10 % 10, rest % 10
    return codes.dotted(f"{CHAPTERS[chapter]:02d}{below:02d}{subheading:02d}{branch:02d}{leaf:02d}")


def _words(number: int) -> tuple[tuple[str, str], ...]:
    """Good, matter and use: neighbours differ in all three."""
    return (
        GOODS[number % len(GOODS)],
        MATTERS[number * 7 % len(MATTERS)],
        USES[number * 5 % len(USES)],
    )


def _leaf(code: str, number: int) -> Values:
    words = _words(number)
    spanish, english = (" ".join(word[side] for word in words) for side in (0, 1))
    return {
        "parent": code[:10],
        # The number makes every text distinct.
        "descripcion": f"{spanish}, modelo {number + 1}",
        "descripcion_en": f"{english}, model {number + 1}",
        "is_leaf": True,
        "impuesto_dai": RATES[number % len(RATES)],
        "impuesto_isv": SALES_TAX,
        **_UNTAXED,
    }


def _branch(parent: str | None, number: int, level: int) -> Values:
    words = _words(number // 10)[: level + 1]
    spanish, english = (" ".join(word[side] for word in words) for side in (0, 1))
    return {
        "parent": parent,
        "descripcion": f"{spanish}, grupo {number // 10 + 1}",
        "descripcion_en": f"{english}, group {number // 10 + 1}",
        "is_leaf": False,
        "impuesto_dai": NOTHING,
        "impuesto_isv": NOTHING,
        **_UNTAXED,
    }


_UNTAXED: Values = {
    "impuesto_isc": NOTHING,
    "impuesto_ispc": NOTHING,
    "courier_category": "ALLOWED",
    "category_reason": "",
    "permit_authority": "",
    "category_by_hand": False,
}
