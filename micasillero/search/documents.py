"""What the index holds of a tariff line, and the hash by which two versions are told apart.

The hash covers what goes *into* a document (the row and its ancestors' texts), so a line that has
not changed costs a hash and not a document.
"""

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import repeat
from typing import NamedTuple

import orjson

from micasillero.analysis import phrase_key

# Grows when the same row makes a different document: every document is then written again.
LAYOUT = 3

# The columns of a row, in the order of ``Row``; the reader selects them by these names.
COLUMNS = (
    "pk",
    "parent_id",
    "item_no",
    "descripcion",
    "descripcion_en",
    "courier_category",
    "category_reason",
    "permit_authority",
    "dai",
    "isc",
    "ispc",
    "isv",
)

FIELDS = (
    "pk",
    "hash",
    "code",
    "item_no",
    "descripcion",
    "own",
    "ancestors",
    "keywords",
    "phrases",
    "exclusions",
    "courier_category",
    "reason",
    "permit_authority",
    "dai",
    "isc",
    "ispc",
    "isv",
)

Row = tuple[int, int | None, str, str, str, str, str, str, float, float, float, float]

# "excepto ..." runs to the end of its clause, brackets inside it included. After a list of
# headings ("excepto los de la partida 48.03, en rollos") and after ", y" what follows belongs to
# the line again.
_NUMBER = r"\d++(?:\.\d++)*+"
_HEADINGS = rf"(?:sub)?partidas?\s+{_NUMBER}(?:(?:\s*,\s*|\s+[aoyu]\s+){_NUMBER})*+"
_EXCLUSION = re.compile(
    r"[\s,]*\b(?:excepto|excluid[oa]s?|con exclusi[oó]n de|salvo)\b"
    rf"(?:[^;()]*?\b{_HEADINGS}(?=\s*(?:[,;:.)]|$))"
    r"|(?:\([^()]*\)|(?!,\s+y\s)[^;()])*)",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
_BLANKS = re.compile(r"\s+")


class Lineage(NamedTuple):
    """The texts above a line, from the chapter down, exclusions taken out; ``digest`` of them."""

    texts: tuple[str, ...]
    digest: bytes


class Line(NamedTuple):
    """A row as read, with what is needed to tell whether the index has it (``hash``)."""

    pk: int
    hash: int
    row: Row
    lineage: Lineage
    keywords: tuple[str, ...]


def split_exclusions(text: str) -> tuple[str, str]:
    """(text to search, the exclusions). "Carne, excepto la de gallo" must not answer "gallo"."""
    lowered = text.lower()
    # Much quicker than the pattern, and most texts exclude nothing.
    if not ("excepto" in lowered or "exclu" in lowered or "salvo" in lowered):
        return text, ""
    left_out = "; ".join(match.group().strip(" ,") for match in _EXCLUSION.finditer(text))
    kept = _EMPTY_BRACKETS.sub(" ", _EXCLUSION.sub(" ", text))
    return _BLANKS.sub(" ", kept).strip(), left_out


def lineage_of(texts: Iterable[str]) -> Lineage:
    """The lineage of the lines below these texts, from which exclusions have been taken out."""
    searched = tuple(texts)
    return Lineage(searched, blake2b(orjson.dumps((LAYOUT, searched)), digest_size=8).digest())


def lines_of(
    rows: Sequence[Row], lineages: Sequence[Lineage], keywords: Mapping[int, tuple[str, ...]]
) -> list[Line]:
    """The rows with their content hashes, signed 64-bit integers; ``keywords`` by id.

    Written for speed: it runs for every line of the tariff, whether it has changed or not.
    """
    none: tuple[str, ...] = ()
    words = [keywords.get(row[0], none) for row in rows]
    digests = [
        blake2b(
            orjson.dumps(row) + lineage.digest + (orjson.dumps(known) if known else b""),
            digest_size=8,
        ).digest()
        for row, lineage, known in zip(rows, lineages, words, strict=True)
    ]
    hashes = struct.unpack(f">{len(digests)}q", b"".join(digests))
    whole = zip((row[0] for row in rows), hashes, rows, lineages, words, strict=True)
    # What Line._make does, without a call of Python for each.
    return list(map(tuple.__new__, repeat(Line), whole))


def phrases_of(keywords: Iterable[str]) -> list[str]:
    """The keywords as whole terms, each once."""
    return list(dict.fromkeys(key for text in keywords if (key := phrase_key(text))))


def digits_of(code: str) -> str:
    """A code without its dots: ``"8517.13.00.00"`` is ``"8517130000"``."""
    return "".join(c for c in code if c.isdigit())


def document(line: Line) -> dict[str, object]:
    """The document of a line; its keys are FIELDS. Rates are decimal fractions (0.15 is 15 %)."""
    pk, _parent, item_no, descripcion, descripcion_en = line.row[:5]
    category, reason, permit_authority, dai, isc, ispc, isv = line.row[5:]
    own, exclusions = split_exclusions(descripcion)
    return {
        "pk": pk,
        "hash": line.hash,
        "code": item_no.replace(".", ""),
        "item_no": item_no,
        "descripcion": descripcion,
        "own": (own, descripcion_en) if descripcion_en else (own,),
        "ancestors": line.lineage.texts,
        "keywords": line.keywords,
        "phrases": phrases_of(line.keywords),
        "exclusions": exclusions,
        "courier_category": category,
        "reason": reason,
        "permit_authority": permit_authority,
        "dai": dai,
        "isc": isc,
        "ispc": ispc,
        "isv": isv,
    }
