"""The embedded engine's fields, and a line as its document.

Spanish text is analysed here, in Python, and stored as terms joined by spaces: tantivy's own
Spanish stemmer is Snowball, which takes tejidos for tejas and misses azúcares for azúcar.
"""

from collections.abc import Mapping
from functools import cache

import orjson
import tantivy

from .. import analysis
from ..documents import Line, document

SPANISH_FIELDS = ("own", "ancestors")
# What an answer is made of. The rest is only searched.
ANSWERED = ("item_no", "descripcion", "exclusions", "courier_category", "dai", "isc", "ispc", "isv")


@cache
def schema() -> tantivy.Schema:
    """``pk`` and ``hash`` are columns, so that an index can be compared without its documents."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("pk", indexed=True, fast=True)
    builder.add_integer_field("hash", fast=True)
    builder.add_text_field("code", tokenizer_name="raw", index_option="basic")
    for name in (*SPANISH_FIELDS, "own_en"):
        builder.add_text_field(name, tokenizer_name="whitespace")
    builder.add_bytes_field("source", stored=True)
    return builder.build()


@cache
def _english() -> tantivy.TextAnalyzer:
    steps = (
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("english"),
    )
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in steps:
        builder = builder.filter(step)
    return builder.build()


def english_terms(text: str) -> list[str]:
    """The English search terms of a text, in order."""
    return _english().analyze(text) if text else []


def tantivy_document(line: Line) -> tantivy.Document:
    """The line as tantivy takes it. Raises ValueError or OverflowError for what it cannot take."""
    fields = document(line)
    made = tantivy.Document()
    made.add_integer("pk", line.pk)
    made.add_integer("hash", line.hash)
    made.add_text("code", str(fields["code"]))
    made.add_text("own", " ".join(analysis.terms(str(fields["own"]))))
    made.add_text("ancestors", " ".join(map(analysis.joined_terms, line.lineage.texts)))
    made.add_text("own_en", " ".join(english_terms(str(fields["own_en"]))))
    made.add_bytes("source", orjson.dumps({name: fields[name] for name in ANSWERED}))
    return made


def source_of(found: tantivy.Document) -> Mapping[str, object]:
    """What ANSWERED names, as it was indexed."""
    return orjson.loads(bytes(found["source"][0]))
