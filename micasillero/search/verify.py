"""Is a new index fit to go live? Counted, compared and searched before anybody sees it."""

from django.db.models import Count
from django.utils.translation import gettext_noop as _

from micasillero.catalog.models import PartidaArancelaria
from micasillero.work import WorkError

from .documents import digits_of
from .engines.seam import Engine
from .intent import CodeIntent
from .query import by_words
from .reconcile import ROUNDS, Tally, reconcile

SAMPLES = 7
WITHIN = 20


def verify(engine: Engine, index: str, tally: Tally) -> None:
    """Raise WorkError unless ``index`` holds what the database held when ``tally`` was made.

    ``tally`` is that of the last full pass, after which nobody but this function wrote to the
    index. Codes: ``count_differs``, ``differences_remain``, ``smoke_failed``.
    """
    expected = tally.seen - len(tally.failed)
    found = engine.count(index)
    if found != expected:
        raise WorkError(
            "count_differs",
            _("The new index holds %(found)s documents, the tariff %(expected)s. It was not used."),
            found=found,
            expected=expected,
        )
    _verify_differences(engine, index, tally)
    _verify_answers(engine, index, tally)


def _verify_differences(engine: Engine, index: str, tally: Tally) -> None:
    """The last pass compared every (id, hash). What it had to send must now be equal too."""
    again = [pk for pk in tally.sent if pk not in tally.failed]
    for _round in range(ROUNDS):
        if not again:
            return
        seen = Tally()
        reconcile(engine, index, again, tally=seen)
        engine.refresh(index)
        again = [pk for pk in seen.sent if pk not in tally.failed]
    if again:
        raise WorkError(
            "differences_remain",
            _("%(count)s documents of the new index differ from the tariff. It was not used."),
            count=len(again),
        )


def _verify_answers(engine: Engine, index: str, tally: Tally) -> None:
    """A few lines, spread over the tariff, must be found by their own code and their own text."""
    samples = [s for s in _samples() if s[0] not in tally.failed]
    for _pk, code, _text in samples:
        hits = engine.search(index, CodeIntent(digits_of(code)), WITHIN)
        if code not in {hit.code for hit in hits}:
            raise _unanswered(code)
    shared = _shared([text for _pk, _code, text in samples])
    own = [(code, text) for _pk, code, text in samples if text not in shared]
    missed = [
        code
        for code, text in own
        if code not in {hit.code for hit in by_words(text, engine, index, WITHIN).hits}
    ]
    if own and len(missed) * 2 > len(own):
        raise _unanswered(missed[0])


def _unanswered(code: str) -> WorkError:
    return WorkError(
        "smoke_failed",
        _("The new index does not find the line %(line)s by its own words. It was not used."),
        line=code,
    )


def _samples() -> list[tuple[int, str, str]]:
    """(id, code, text) of up to SAMPLES leaves, spread evenly over the keys."""
    rows = PartidaArancelaria.objects.filter(is_leaf=True).order_by("pk")
    rows = rows.values_list("pk", "item_no", "descripcion")
    first, last = rows.first(), rows.last()
    if first is None or last is None:
        return []
    step = max(1, (last[0] - first[0]) // SAMPLES)
    found = (rows.filter(pk__gte=first[0] + i * step).first() for i in range(SAMPLES))
    return sorted({row for row in found if row})


def _shared(texts: list[str]) -> set[str]:
    """Those that several lines have. "Los demás" says nothing about the index."""
    leaves = PartidaArancelaria.objects.filter(is_leaf=True, descripcion__in=texts)
    counted = leaves.order_by().values_list("descripcion").annotate(lines=Count("pk"))
    return {text for text, lines in counted if lines > 1}
