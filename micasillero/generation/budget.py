"""Money: set aside before each call, settled after it; no run and no month passes its cap."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from .accounts import Account, Charge
from .providers.seam import Answer, Price, Prompt

MICROS = 1_000_000
# What a provider adds of its own to a prompt with a schema, in tokens; about 500 at most.
OVERHEAD_TOKENS = 1_000


class CapReached(WorkError):  # noqa: N818 - says what happened
    """The next call might pass a cap: ``run_cap`` or ``month_cap``."""


def micros(dollars: float) -> int:
    """Whole millionths of a dollar."""
    return round(dollars * MICROS)


def this_month() -> str:
    """ "2026-11", by the site's calendar."""
    return f"{timezone.localdate():%Y-%m}"


def month_left() -> int:
    """Millionths of a dollar that this month has left."""
    spent = Account.objects.filter(name=f"month:{this_month()}").values_list("micros", flat=True)
    return max(0, micros(settings.AI_MONTHLY_CAP_USD) - sum(spent))


def highest_cost(prompt: Prompt, price: Price) -> int:
    """What the call costs at most. A token is at least one byte of UTF-8, so the bytes of the
    prompt bound its tokens from above, whatever the model's tokenizer."""
    texts = (prompt.system, prompt.user, json.dumps(prompt.schema))
    asked = sum(len(text.encode()) for text in texts)
    return price.cost(asked + OVERHEAD_TOKENS, prompt.most_tokens)


@dataclass(frozen=True)
class Budget:
    """The caps of one run, both in millionths of a dollar."""

    run_id: str
    run_cap: int
    month_cap: int

    @classmethod
    def of(cls, run_id: str, max_cost: float | None = None) -> "Budget":
        """That of the settings; ``max_cost`` in dollars lowers the run's, and never raises it."""
        cap = settings.AI_RUN_CAP_USD if max_cost is None else max_cost
        return cls(
            run_id,
            micros(min(cap, settings.AI_RUN_CAP_USD)),
            micros(settings.AI_MONTHLY_CAP_USD),
        )

    @property
    def account(self) -> str:
        """The name of the run's account."""
        return f"run:{self.run_id}"

    def reserve(self, amount: int) -> Charge:
        """Set the amount aside, of the run's and of the month's money, or of neither. Raises
        CapReached."""
        month = this_month()
        with transaction.atomic():
            if not Account.take(self.account, amount, self.run_cap):
                raise _reached("run_cap", self.run_cap)
            if not Account.take(f"month:{month}", amount, self.month_cap):
                raise _reached("month_cap", self.month_cap)
            return Charge.objects.create(account=self.account, month=month, reserved_micros=amount)


_REACHED = {
    "run_cap": _(
        "The run's cap of $%(dollars)s is reached. What was written waits for a decision; a run "
        "with a higher cap goes on and pays nothing twice."
    ),
    "month_cap": _(
        "This month's cap of $%(dollars)s is reached. What was written waits for a decision; a "
        "run after a raise of AI_MONTHLY_CAP_USD, or next month, pays nothing twice."
    ),
}


def _reached(code: str, cap: int) -> CapReached:
    return CapReached(code, _REACHED[code], dollars=f"{cap / MICROS:.2f}")


def settle(charge: Charge, price: Price, answer: Answer) -> int:
    """Put what the call cost in the place of what was set aside; returns the cost. Call it in the
    transaction that stores the answer."""
    cost = price.cost(answer.input_tokens, answer.output_tokens)
    _correct(charge, cost, answer.input_tokens, answer.output_tokens)
    return cost


def give_back(charge: Charge) -> None:
    """The call was refused and costs nothing."""
    with transaction.atomic():
        _correct(charge, 0, 0, 0)


def _correct(charge: Charge, cost: int, asked: int, answered: int) -> None:
    charge.cost_micros = cost
    charge.save(update_fields=["cost_micros"])
    difference = cost - charge.reserved_micros
    for name in (charge.account, f"month:{charge.month}"):
        Account.change(name, difference, input_tokens=asked, output_tokens=answered)
