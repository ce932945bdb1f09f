"""What a query asks for, and what a hit is: the words that engines and callers share."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .documents import digits_of

HEADING, SUBHEADING = 4, 6
TAXES = ("dai", "isc", "ispc", "isv")
_BETWEEN = r"[.,/·\s‐-―-]"
# The whole query is digits in groups: "8517.13", "85171300", "8517 13 00", "8517-13", "85.17"; or
# twelve of them, as some countries have, in pairs.
_CODE = re.compile(
    rf"\d{{4}}(?:{_BETWEEN}*\d{{1,2}}){{0,3}}|\d{{4}}(?:{_BETWEEN}+\d{{2}}){{4}}"
    rf"|\d{{2}}(?:\.\d{{2}}){{1,4}}|\d{{2}}"
)
# With letters around it only a dotted code is one ("220 v" and "2000 w" are not), that of the
# United States too: 6404.11.9050.
_DOTTED = re.compile(r"(?<![\d.,])\d{4}\.\d{2}(?:\.\d{4}|(?:\.\d{2}){0,3})(?![\d,]|\.\d)", re.ASCII)
_NAMES = (
    r"(?:sub)?partida|fracci[oó]n|c[oó]digo|cap[ií]tulo|inciso|(?:sub)?heading|chapter|tariff|code"
    r"|htsus|hts|hs|sac|ncm|taric|arancel(?:ari[ao])?"
)
# One or more before the code: "partida arancelaria no. 8517", "HTS code: 8517".
_LABEL = re.compile(rf"(?:(?:{_NAMES}|n[oº°]|#)(?![^\W\d_])[\s:.#]*)+", re.IGNORECASE)
# So named, a code without dots is one among other words too.
_LABELLED = re.compile(
    rf"\b(?:{_NAMES})[\s:.#]+(\d{{4}}(?:[.-]?\d{{2}}){{0,4}})(?![\d,]|\.\d)", re.IGNORECASE
)


@dataclass(frozen=True)
class CodeIntent:
    """The start of a code, digits only."""

    digits: str

    def wider(self) -> tuple["CodeIntent", ...]:
        """Itself, then the subheading and the heading it belongs to.

        Nothing between: the first six digits mean the same in every country, those after them only
        where they were written.
        """
        levels = (self.digits, self.digits[:SUBHEADING], self.digits[:HEADING])
        return tuple(CodeIntent(digits) for digits in dict.fromkeys(levels))


@dataclass(frozen=True)
class TextIntent:
    """Words in Spanish or English."""

    text: str


@dataclass(frozen=True)
class Wanted:
    """Words, weighed for one index.

    ``groups``: for each word the terms that may stand for it, with their weights. ``words``: the
    folded word that each group stands for. ``phrases``: whole keywords that the words may name
    (analysis.phrase_key), with their weights. ``changed``: a word that the index does not know was
    put right or left out.
    """

    groups: tuple[Mapping[str, float], ...]
    phrases: Mapping[str, float]
    changed: bool
    words: tuple[str, ...] = ()

    def only(self, wished: Callable[[str], bool]) -> "Wanted":
        """The groups of these words alone; all of them where there are none such."""
        pairs = zip(self.words, self.groups, strict=True)
        kept = [(word, group) for word, group in pairs if wished(word)]
        if not kept:
            return self
        words, groups = zip(*kept, strict=True)
        return replace(self, groups=groups, words=words)


Asked = CodeIntent | TextIntent
Intent = CodeIntent | Wanted


@dataclass(frozen=True)
class Hit:
    """One line found. ``rates`` are decimal fractions by tax. ``reason`` says why couriers may not
    freely carry it, ``permit_authority`` who allows it; "" where there is nothing to say."""

    code: str
    description: str
    score: float
    courier_category: str
    rates: dict[str, float]
    reason: str = ""
    permit_authority: str = ""

    @classmethod
    def of(cls, score: float, source: Mapping[str, Any]) -> "Hit":
        """From the fields of a document (documents.FIELDS)."""
        return cls(
            code=source["item_no"],
            description=source["descripcion"],
            score=round(score, 4),
            courier_category=source["courier_category"],
            rates={tax: source[tax] for tax in TAXES},
            # An index of an earlier version serves until the next rebuild and has neither.
            reason=source.get("reason", ""),
            permit_authority=source.get("permit_authority", ""),
        )


def intent_of(text: str) -> Asked:
    """What the text asks for."""
    # Digits of other scripts and widths are written with our own.
    plain = unicodedata.normalize("NFKC", text).strip()
    bare = _LABEL.sub("", plain, count=1).strip(" .:") if _LABEL.match(plain) else plain.strip(".")
    if _CODE.fullmatch(bare):
        return CodeIntent(digits_of(bare))
    if dotted := _DOTTED.search(plain):
        return CodeIntent(digits_of(dotted.group()))
    if labelled := _LABELLED.search(plain):
        return CodeIntent(digits_of(labelled.group(1)))
    return TextIntent(text)
