"""A heading of our own with leftovers at two levels, and suggestions over it."""

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.items import Item
from micasillero.generation.suggestions import Suggestion

# Footwear, much as in the tariff: what 6404.19.90 holds is said by 6404.11 and 6404.19.10.
SHOES = (
    ("6404", None, "Calzado con suela de caucho, excepto el de la partida 64.05"),
    ("6404.1", "6404", "Calzado de uso corriente:"),
    ("6404.11.00.00", "6404.1", "Calzado de tenis o baloncesto, excepto botas (de lluvia)"),
    ("6404.19", "6404.1", "Los demás:"),
    ("6404.19.10.00", "6404.19", "Cubrecalzado con suela de plástico"),
    ("6404.19.90.00", "6404.19", "Otros"),
    ("6404.20.00.00", "6404", "Calzado con suela de cuero"),
)


def make(rows=SHOES):
    """The lines by code."""
    made = {}
    for code, parent, text in rows:
        made[code] = PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, parent=made.get(parent), is_leaf=len(code) == 13
        )
    return made


def item(**told) -> Item:
    """An item of nobody's tariff: footwear of two kinds."""
    values = {
        "pk": 1,
        "code": "6404.11.00.00",
        "description": "Calzado de tenis",
        "description_en": "",
        "ancestors": ("Calzado con suela de caucho",),
        "siblings": (),
        "left_over_from": (),
        "exclusions": (),
        "known": (),
        "beside": (1,),
    }
    return Item(**{**values, **told})


def said(*texts, language="es"):
    return [Suggestion(text, language) for text in texts]
