"""What a model has to answer, and the reading of what it did answer.

The schema has only what both providers' strict modes take: every property required, no others, no
limits of length. The limits are held here and by the filters. Read by hand: two lists of texts
need no library for schemas, and each fault gets the word by which a run counts it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from micasillero.keywords.models import Language

# Part of the hash under which a paid answer is kept: another form is another answer.
SCHEMA_NAME = "search_keywords"
SCHEMA_VERSION = "1"
FEWEST = 8
MOST = 30
# A model that answers with so many more than asked has lost itself.
MOST_READ = 4 * MOST

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "es": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Keywords in Spanish, the most usual first.",
        },
        "en": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Keywords in English and brands, the most usual first.",
        },
    },
    "required": ["es", "en"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Suggestion:
    """One keyword as the model wrote it. ``language`` is "es" or "en"."""

    text: str
    language: str


class Unusable(ValueError):  # noqa: N818 - what the answer is, not what went wrong here
    """An answer that does not follow the schema, or says nothing.

    ``reason`` is a stable word: no_object, fields, no_list, no_text, too_many or empty.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def read(data: Any, languages: Collection[str]) -> list[Suggestion]:
    """The suggestions of an answer in these languages, in its order. Raises Unusable."""
    if not isinstance(data, dict):
        raise Unusable("no_object", f"The answer is {type(data).__name__}, not an object.")
    if set(data) != set(SCHEMA["required"]):
        named = ", ".join(sorted(map(str, data)))[:200] or "none"
        raise Unusable("fields", f"The answer must have es and en and nothing else; it has {named}")
    found = [Suggestion(text, key) for key in SCHEMA["required"] for text in _texts(data, key)]
    if len(found) > MOST_READ:
        raise Unusable("too_many", f"The answer has {len(found)} keywords, more than {MOST_READ}.")
    asked = [suggestion for suggestion in found if suggestion.language in languages]
    if not asked:
        told = ", ".join(str(Language(name).value) for name in sorted(languages))
        raise Unusable("empty", f"The answer has no keyword in {told}.")
    return asked


def _texts(data: dict[str, Any], key: str) -> Iterator[str]:
    values = data[key]
    if not isinstance(values, list):
        raise Unusable("no_list", f"{key} is {type(values).__name__}, not a list of texts.")
    for value in values:
        if not isinstance(value, str):
            raise Unusable("no_text", f"{key} has {type(value).__name__} among its texts.")
        yield value
