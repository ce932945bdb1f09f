"""One line's answer: the one that was paid already, or a call that is paid once.

The order is what keeps money: set aside, ask, store the answer with what it cost, and only then
look at it. A process that dies in between has paid, and finds the answer when it comes back. One
that nobody can use is asked for once more; where that is no better either it is kept as what it is,
or each run would pay both again.
"""

import hashlib
import json
import random
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from micasillero.work import Stopped, TryAgain, Work, WorkError

from . import budget, prompt, suggestions
from .accounts import Charge, PaidAnswer
from .items import Item
from .limiter import Limiter
from .providers.seam import Answer, Busy, CallFailed, Declined, Garbled, Prompt, Provider
from .suggestions import Suggestion, Unusable

# Calls for one line while the provider is busy; after that the run waits its own, longer turn.
TRIES = 5
LONGEST_BACKOFF = 60.0
# Told to wait longer than this, the worker is given back meanwhile.
LONGEST_WAIT = 120.0
LOOK_EVERY = 0.2
BUSY = _("The model's provider is busy. The run goes on where it stood; its log says more.")


@dataclass(frozen=True)
class Asked:
    """The suggestions for one line, read from what was ``paid``; ``reused`` says that nothing was
    paid for them now."""

    item: Item
    suggestions: list[Suggestion]
    paid: PaidAnswer
    reused: bool


class LineRefused(Exception):  # noqa: N818 - an outcome of one line, not of the run
    """A line without a usable answer. ``code`` is a stable word, ``reason`` for a person;
    ``reused`` says that nothing was paid now to learn of it."""

    def __init__(self, code: str, reason: str, *, reused: bool = False) -> None:
        super().__init__(reason)
        self.code, self.reason, self.reused = code, reason, reused


def key_of(provider: Provider, languages: Collection[str], item: Item) -> str:
    """The hash of all that an answer depends on."""
    told = {
        "provider": provider.name,
        "model": provider.model,
        "parameters": dict(provider.parameters),
        "languages": sorted(languages),
        "prompt": prompt.VERSION,
        "schema": suggestions.SCHEMA_VERSION,
        "item": item.canonical(),
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Asker:
    """Asks one provider on one budget; for several threads at once. ``halt`` ends them all."""

    def __init__(
        self, provider: Provider, languages: Collection[str], money: budget.Budget, work: Work
    ) -> None:
        self._provider, self._languages, self._money = provider, languages, money
        self._work = work
        self._limiter = Limiter(provider.name)
        self._halted = threading.Event()
        self._fault: Exception | None = None
        self._settled = threading.Condition()
        self._open = 0

    def halt(self, fault: Exception | None = None) -> None:
        """Begin no other call; those that wait end with the first fault, or Stopped."""
        self._fault = self._fault or fault
        self._halted.set()

    def forget_refusals(self, since: datetime) -> None:
        """Ask anew, another time, for what had no usable answer since then: the model or a setting
        was wrong, and not so many lines."""
        PaidAnswer.objects.filter(
            provider=self._provider.name,
            model=self._provider.model,
            refused=True,
            created_at__gte=since,
        ).delete()

    def answer(self, item: Item) -> Asked:
        """The answer for a line; an unusable one is asked for once more. Raises LineRefused, and
        what ends all of them: budget.CapReached, TryAgain, WorkError, Stopped."""
        try:
            return self._answer(item)
        except LineRefused:
            raise
        except Exception as fault:
            self.halt(fault)
            raise

    def _answer(self, item: Item) -> Asked:
        key = key_of(self._provider, self._languages, item)
        question = prompt.prompt_for(item, self._languages)
        stored = PaidAnswer.objects.filter(key=key).first()
        fault = LineRefused("unusable", "")
        for last in (False, True):
            reused = stored is not None
            try:
                stored = stored or self._pay(key, question)
                found = suggestions.read(stored.data, self._languages)
            except Declined as declined:
                raise LineRefused("declined", declined.reason) from None
            except Garbled as garbled:
                fault = LineRefused("garbled", garbled.reason)
            except Unusable as unusable:
                fault = LineRefused(unusable.reason, str(unusable), reused=reused)
                if stored and stored.refused:
                    break
                if last:
                    PaidAnswer.objects.filter(key=key).update(refused=True)
                stored = None
            else:
                return Asked(item, found, stored, reused)
        raise fault

    def _pay(self, key: str, question: Prompt) -> PaidAnswer:
        """Ask until there is an answer, and store it. Raises what Provider.ask raises, but
        TryAgain for a provider that stays busy."""
        for attempt in range(1, TRIES + 1):
            self._wait(self._limiter.take())
            self._work.confirm()
            try:
                return self._call(key, question)
            except Busy as busy:
                self._back_off(busy, attempt)
        raise AssertionError("unreachable: the last try raises TryAgain")

    def _call(self, key: str, question: Prompt) -> PaidAnswer:
        charge = self._reserve(budget.highest_cost(question, self._provider.price))
        try:
            return self._keep(key, charge, self._provider.ask(question))
        except CallFailed as failed:
            if not failed.billed:
                budget.give_back(charge)
            raise
        except WorkError:
            budget.give_back(charge)
            raise
        finally:
            with self._settled:
                self._open -= 1
                self._settled.notify_all()

    def _reserve(self, amount: int) -> Charge:
        """Set the money aside. While other calls are open, what they leave over may be enough."""
        with self._settled:
            while True:
                self._look()
                try:
                    charge = self._money.reserve(amount)
                except budget.CapReached:
                    if not self._open:
                        raise
                    self._settled.wait(LOOK_EVERY)
                else:
                    self._open += 1
                    return charge

    def _keep(self, key: str, charge: Charge, answer: Answer) -> PaidAnswer:
        with transaction.atomic():
            cost = budget.settle(charge, self._provider.price, answer)
            return PaidAnswer.objects.update_or_create(
                key=key,
                defaults={
                    "provider": self._provider.name,
                    "model": self._provider.model,
                    "prompt_version": prompt.VERSION,
                    "data": answer.data,
                    "input_tokens": answer.input_tokens,
                    "output_tokens": answer.output_tokens,
                    "cost_micros": cost,
                    "seconds": answer.seconds,
                },
            )[0]

    def _back_off(self, busy: Busy, attempt: int) -> None:
        """Wait before the next try, as long as was said and a random while; full jitter where
        nothing was said. Raises TryAgain after the last one, or for a wait too long to sit out."""
        if busy.after is not None:
            self._limiter.pause(busy.after)
        base = settings.AI_RETRY_BASE_SECONDS
        most = base if busy.after is not None else min(LONGEST_BACKOFF, base * 2**attempt)
        wait = (busy.after or 0.0) + random.uniform(0, most)  # noqa: S311 - no secret
        if attempt == TRIES or wait > LONGEST_WAIT:
            self._work.note(
                _("%(provider)s does not answer: %(reason)s."),
                level="warning",
                provider=self._provider.name,
                reason=busy.reason,
            )
            raise TryAgain(BUSY, after=busy.after)
        self._wait(wait)

    def _wait(self, seconds: float) -> None:
        """Sleep, looking meanwhile whether to stop."""
        until = time.monotonic() + seconds
        self._look()
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_EVERY))
            self._look()

    def _look(self) -> None:
        if self._halted.is_set():
            raise self._fault or Stopped
        if self._work.should_stop():
            raise Stopped
