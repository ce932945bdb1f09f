"""One keyword beside its line: the line's keywords before and after, and what it finds now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, When
from django.http import Http404
from django.utils.translation import gettext as _

from admintools.jobs.texts import render
from micasillero.catalog.ancestors import ancestor_texts
from micasillero.keywords.models import Keyword, Source
from micasillero.search.query import SearchAnswer, search
from micasillero.work import TryAgain, WorkError

HITS = 8
# A line may have a thousand words of the lexicon; those that others proposed come first.
SHOWN = 30


@dataclass(frozen=True)
class Detail:
    """``before`` are the first of the line's ``count`` approved keywords, ``added`` what approving
    would add: this one, and the marked ones of the same line."""

    keyword: Keyword
    ancestors: list[str]
    before: list[Keyword]
    count: int
    added: list[Keyword]

    @property
    def more(self) -> int:
        return self.count - len(self.before)

    @property
    def after(self) -> int:
        return self.count + len(self.added)


@dataclass(frozen=True)
class Found:
    """What a search for the keyword finds now; ``rank`` of its own line, 0 where it is not among
    the hits. Without an ``answer`` the ``fault`` says why there is none."""

    answer: SearchAnswer | None = None
    rank: int = 0
    fault: str = ""


def keyword_or_404(pk: int) -> Keyword:
    keyword = Keyword.objects.select_related("partida", "decided_by").filter(pk=pk).first()
    if keyword is None:
        raise Http404(_("There is no keyword with this number."))
    return keyword


def detail(keyword: Keyword, marked: Iterable[int] = ()) -> Detail:
    """``marked`` are ids of keywords that are marked beside it, of whatever line."""
    line = Keyword.objects.filter(partida_id=keyword.partida_id)
    before = line.approved()
    by_source = Case(When(source=Source.LEXICON, then=1), default=0)
    wanted = line.awaiting().filter(pk__in=[keyword.pk, *marked])
    return Detail(
        keyword,
        ancestor_texts([keyword.partida_id]).get(keyword.partida_id, []),
        list(before.order_by(by_source, "language", "text")[:SHOWN]),
        before.count(),
        list(wanted.order_by("language", "text")),
    )


def find_now(keyword: Keyword) -> Found:
    """Ask the live index. Never raises: what is in the way is a sentence."""
    try:
        answer = search(keyword.text, HITS)
    except WorkError as error:
        return Found(fault=render(error.message, error.params))
    except TryAgain as again:
        return Found(fault=str(again))
    codes = [hit.code for hit in answer.hits]
    own = keyword.partida.item_no
    return Found(answer, codes.index(own) + 1 if own in codes else 0)
