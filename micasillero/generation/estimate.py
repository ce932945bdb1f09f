"""What a run by a model would cost and take, before anybody presses the button.

From the last answers of that model where there are some, else from the length of the texts. A sum
of N new answers, of which n were measured with mean m and standard deviation s, lies for some 95 %
of such runs within N·m ± 2·s·√(N + N²/n): the spread of N draws, and that of the mean itself.
"""

import math
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings

from . import prompt
from .accounts import PaidAnswer
from .asking import key_of
from .budget import Budget, highest_cost, month_left
from .items import Item, items_of
from .providers import get_provider
from .providers.seam import Price, Provider
from .scope import Scope

MEASURED, LEAST_MEASURED = 200, 10
# Lines whose questions are written out to see how long they are.
SAMPLED = 40
# Letters of a token: Spanish and JSON in today's tokenizers, from short to long.
LETTERS = (4.5, 2.5)
# 8 to 30 keywords (search.md) of some 6 to 12 tokens each with their quotes, and the braces.
ANSWERED = (60, 380)
SECONDS = (1.0, 4.0)
# Lines and keys looked up together.
PORTION = 500

Range = tuple[float, float]


@dataclass(frozen=True)
class ModelImpact:
    """``lines`` in scope, of which ``reused`` have an answer that is paid already, be it one that
    nobody can use. The ranges are sums over the others: tokens asked and answered, millionths of
    a dollar, seconds.

    ``measured`` answers stand behind them, 0 for an estimate from the texts. ``cap`` is what the
    run may spend, the rest of the month's money included; ``enough_for`` that many lines at the
    higher cost; ``first`` the money that its first call sets aside.
    """

    provider: Provider
    lines: int
    reused: int
    measured: int
    tokens: Range
    cost: Range
    seconds: Range
    cap: int
    month_left: int
    first: int

    @property
    def asked(self) -> int:
        """Lines that have to be paid for."""
        return self.lines - self.reused

    @property
    def enough_for(self) -> int:
        """Lines that the cap surely pays for; all of them where it is not passed."""
        if self.cost[1] <= self.cap:
            return self.asked
        return int(self.asked * self.cap / self.cost[1])


def model_impact(
    scope: Scope, name: str, languages: Collection[str], max_cost: float | None = None
) -> ModelImpact:
    """Raises WorkError where the provider cannot be asked (get_provider)."""
    provider = get_provider(name)
    ids = [pk for pk, _code in scope.lines()]
    reused = _reused(provider, languages, ids)
    asked = len(ids) - reused
    sample = items_of(ids[:: max(1, len(ids) // SAMPLED)][:SAMPLED])
    one = _measured(provider) or _assumed(provider.price, sample, languages)
    left = month_left()
    return ModelImpact(
        provider=provider,
        lines=len(ids),
        reused=reused,
        measured=one.count,
        tokens=_sum(one.tokens, asked, one.count),
        cost=_sum(one.cost, asked, one.count),
        seconds=_together(_sum(one.seconds, asked, one.count), asked),
        cap=min(Budget.of("", max_cost).run_cap, left),
        month_left=left,
        first=max(
            (highest_cost(prompt.prompt_for(i, languages), provider.price) for i in sample),
            default=0,
        ),
    )


@dataclass(frozen=True)
class _One:
    """Values of single answers: of ``count`` measured ones, or the two ends of what is assumed."""

    count: int
    tokens: Sequence[float]
    cost: Sequence[float]
    seconds: Sequence[float]


def _measured(provider: Provider) -> _One | None:
    """The last usable answers of this model to today's prompt; None where they are too few."""
    found = PaidAnswer.objects.filter(
        provider=provider.name, model=provider.model, prompt_version=prompt.VERSION, refused=False
    ).order_by("-pk")
    columns = ("input_tokens", "output_tokens", "cost_micros", "seconds")
    rows = list(found.values_list(*columns)[:MEASURED])
    if len(rows) < LEAST_MEASURED:
        return None
    asked, answered, cost, seconds = zip(*rows, strict=True)
    tokens = [one + other for one, other in zip(asked, answered, strict=True)]
    return _One(len(rows), tokens, cost, seconds)


def _assumed(price: Price, sample: Sequence[Item], languages: Collection[str]) -> _One:
    questions = [prompt.prompt_for(item, languages) for item in sample]
    letters = [len(q.system) + len(q.user) + len(str(q.schema)) for q in questions] or [0]
    asked = [math.ceil(statistics.fmean(letters) / per_token) for per_token in LETTERS]
    both = list(zip(asked, ANSWERED, strict=True))
    return _One(
        0,
        [one + other for one, other in both],
        [price.cost(one, other) for one, other in both],
        SECONDS,
    )


def _sum(values: Sequence[float], lines: int, measured: int) -> Range:
    """See the module's docstring; the ends times the lines where nothing was measured."""
    if not measured:
        return values[0] * lines, values[1] * lines
    mean, spread = statistics.fmean(values), statistics.stdev(values)
    margin = 2 * spread * math.sqrt(lines + lines * lines / measured)
    return max(0.0, mean * lines - margin), mean * lines + margin


def _together(seconds: Range, lines: int) -> Range:
    """The seconds of calls that run side by side, and no faster than the pace allows."""
    paced = lines * 60 / settings.AI_REQUESTS_PER_MINUTE
    low, high = (length / settings.AI_CONCURRENCY for length in seconds)
    return max(low, paced), max(high, paced)


def _reused(provider: Provider, languages: Collection[str], ids: Sequence[int]) -> int:
    """How many of the lines have an answer that is paid. Reads the lines only where this model
    has any answers."""
    paid = PaidAnswer.objects.filter(provider=provider.name, model=provider.model)
    if not paid.filter(prompt_version=prompt.VERSION).exists():
        return 0
    found = 0
    for start in range(0, len(ids), PORTION):
        items = items_of(ids[start : start + PORTION])
        keys = [key_of(provider, languages, item) for item in items]
        found += paid.filter(key__in=keys).count()
    return found
