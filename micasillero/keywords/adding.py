"""A person adds the word that they missed."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.analysis import fold, phrase_key
from micasillero.catalog.models import PartidaArancelaria
from micasillero.work import WorkError

from .models import LONGEST_TEXT, Keyword, Language, Source, Status
from .wording import normalise

NO_WORD = _("A search word has letters; codes are found as they are.")


class KeywordThere(WorkError):  # noqa: N818 - an answer to the person, not a fault
    """The line has that word already, as ``keyword``: approved, or decided otherwise by a person
    who may have had a good reason, so that nobody goes past it unknowingly."""

    def __init__(self, keyword: Keyword) -> None:
        if keyword.status == Status.APPROVED:
            message = _("This line is found by that word already: “%(word)s” (%(language)s).")
        elif keyword.decided_by:
            message = _(
                "This line has that word already, “%(word)s” (%(language)s), but is not found by "
                "it. State: %(status)s, by %(who)s."
            )
        else:
            message = _(
                "This line has that word already, “%(word)s” (%(language)s), but is not found by "
                "it. State: %(status)s."
            )
        super().__init__(
            "keyword-there",
            message,
            word=keyword.text,
            language=Language(keyword.language).label,
            status=Status(keyword.status).label,
            who=str(keyword.decided_by or ""),
        )
        self.keyword = keyword


def as_kept(text: str) -> str:
    """The word as keywords are written. Raises WorkError("keyword-empty", "keyword-long")."""
    word = normalise(text)
    if not any(sign.isalpha() for sign in word):
        raise WorkError("keyword-empty", NO_WORD)
    if len(word) > LONGEST_TEXT:
        # Only now: a few letters of other languages are two in lower case.
        raise WorkError(
            "keyword-long", _("A search word has at most %(most)s letters."), most=LONGEST_TEXT
        )
    return word


def expect_new(partida: PartidaArancelaria, text: str) -> None:
    """Raise KeywordThere when the line has the word: in another case, without its accents, in the
    plural, with its words in another order, or in the other language."""
    key, folded = phrase_key(text), fold(text)
    found = [
        keyword
        for keyword in Keyword.objects.filter(partida=partida).select_related("decided_by")
        if (phrase_key(keyword.text) == key if key else fold(keyword.text) == folded)
    ]
    if found:
        # One that is searched says most; else the one that is written alike.
        found.sort(key=lambda one: (one.status != Status.APPROVED, one.text != text))
        raise KeywordThere(found[0])


def add_by_hand(
    partida: PartidaArancelaria, text: str, language: str, user: Any, query: str = ""
) -> Keyword:
    """The word of this line, approved at once; ``query`` is what was asked without finding it.

    Raises WorkError as as_kept and expect_new do.
    """
    word = as_kept(text)
    expect_new(partida, word)
    keyword, new = Keyword.objects.get_or_create(
        partida=partida,
        language=language,
        text=word,
        defaults={
            "source": Source.MANUAL,
            "status": Status.APPROVED,
            "evidence": {"query": query} if query else {},
            "decided_by": user,
            "decided_at": timezone.now(),
        },
    )
    if not new:
        raise KeywordThere(keyword)
    return keyword
