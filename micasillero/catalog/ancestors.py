"""The texts above a line: a "Los demás" means nothing without them."""

from collections.abc import Iterable

from .models import PartidaArancelaria

CHUNK = 500


def ancestor_texts(ids: Iterable[int]) -> dict[int, list[str]]:
    """The ancestors' descriptions by line, the heading's first, the parent's last.

    A line without a parent has an empty list; an id that is no line has no entry. One query for
    each level of the tree and 500 lines.
    """
    known: dict[int, tuple[int | None, str]] = {}
    wanted = set(ids)
    asked = set(wanted)
    while wanted:
        found = _load(wanted)
        known.update(found)
        parents = {parent for parent, _text in found.values() if parent is not None}
        wanted = parents - known.keys()
    return {pk: _path(pk, known) for pk in asked if pk in known}


def _load(ids: set[int]) -> dict[int, tuple[int | None, str]]:
    found: dict[int, tuple[int | None, str]] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        chosen = PartidaArancelaria.objects.filter(pk__in=ordered[start : start + CHUNK])
        for pk, parent, text in chosen.order_by().values_list("pk", "parent_id", "descripcion"):
            found[pk] = (parent, text)
    return found


def _path(pk: int, known: dict[int, tuple[int | None, str]]) -> list[str]:
    texts: list[str] = []
    seen = {pk}
    parent = known[pk][0]
    # `seen` ends a circle that somebody made by hand; a missing one was deleted meanwhile.
    while parent is not None and parent not in seen and parent in known:
        seen.add(parent)
        texts.append(known[parent][1])
        parent = known[parent][0]
    return texts[::-1]
