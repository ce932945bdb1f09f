"""The embedded engine's fields, and a line as its document.

Spanish text is analysed here, in Python, and stored as terms joined by spaces: tantivy's own
Spanish stemmer is Snowball, which takes tejidos for tejas and misses azúcares for azúcar.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import orjson
import tantivy

from micasillero import analysis

from ..documents import Line, document

SEARCHED = ("own", "ancestors", "keywords")
# What an answer is made of. The rest is only searched.
ANSWERED = (
    *("item_no", "descripcion", "exclusions", "courier_category", "reason", "permit_authority"),
    *("dai", "isc", "ispc", "isv"),
)


@cache
def schema() -> tantivy.Schema:
    """``pk`` and ``hash`` are columns, so that an index can be compared without its documents."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("pk", indexed=True, fast=True)
    builder.add_integer_field("hash", fast=True)
    builder.add_text_field("code", tokenizer_name="raw", index_option="basic")
    # ``words`` is all of them together: what the rarity of a term is judged by.
    for name in (*SEARCHED, "words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("phrases", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("source", stored=True)
    # The last, so that the fields before it keep their numbers in an index of layout 2.
    builder.add_text_field("courier_category", tokenizer_name="raw", index_option="basic")
    return builder.build()


def tantivy_document(line: Line) -> tantivy.Document:
    """The line as tantivy takes it. Raises ValueError or OverflowError for what it cannot take."""
    fields = document(line)
    made = tantivy.Document()
    made.add_integer("pk", line.pk)
    made.add_integer("hash", line.hash)
    made.add_text("code", str(fields["code"]))
    texts: dict[str, Sequence[str]] = {name: fields[name] for name in SEARCHED}  # type: ignore[misc]
    told = {name: " ".join(map(analysis.joined_terms, found)) for name, found in texts.items()}
    for name, text in told.items():
        made.add_text(name, text)
    made.add_text("words", " ".join(told.values()))
    for phrase in fields["phrases"]:  # type: ignore[attr-defined]
        made.add_text("phrases", phrase)
    made.add_text("courier_category", str(fields["courier_category"]))
    made.add_bytes("source", orjson.dumps({name: fields[name] for name in ANSWERED}))
    return made


def source_of(found: tantivy.Document) -> Mapping[str, object]:
    """What ANSWERED names, as it was indexed."""
    return orjson.loads(bytes(found["source"][0]))
