"""Whether a courier may carry a line, as pages show it."""

from dataclasses import dataclass

from micasillero.catalog.categories import reason_of
from micasillero.catalog.models import CourierCategory, PartidaArancelaria

LOOKS = {"ALLOWED": ("ok", "ok"), "RESTRICTED": ("warn", "warn"), "PROHIBITED": ("off", "err")}


@dataclass(frozen=True)
class Category:
    """``icon`` and ``tone`` of its badge; ``reason`` and ``permit`` "" where all is free."""

    label: str
    icon: str
    tone: str
    reason: str
    permit: str


def category_of(line: PartidaArancelaria) -> Category:
    icon, tone = LOOKS[line.courier_category]
    return Category(
        label=str(CourierCategory(line.courier_category).label),
        icon=icon,
        tone=tone,
        reason=reason_of(line.item_no, line.courier_category, line.category_reason),
        permit=line.permit_authority,
    )
