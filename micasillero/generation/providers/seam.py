"""What the generation of keywords needs of a language model, whoever serves it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Prompt:
    """One question. ``schema`` is the JSON schema of the answer, ``most_tokens`` its longest."""

    system: str
    user: str
    schema: Mapping[str, Any]
    schema_name: str
    most_tokens: int


@dataclass(frozen=True)
class Answer:
    """``data`` is the JSON that came back, not yet checked against the schema; a text or None
    where it was no JSON. ``seconds`` that the call took."""

    data: Any
    input_tokens: int
    output_tokens: int
    model: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Price:
    """Millionths of a US dollar per token, which is dollars per million tokens."""

    asked: float
    answered: float

    def cost(self, input_tokens: int, output_tokens: int) -> int:
        """Millionths of a dollar, rounded up."""
        exact = input_tokens * self.asked + output_tokens * self.answered
        # A float's last digits must not buy a whole millionth.
        return math.ceil(round(exact, 6))


class Provider(Protocol):
    """One model of one provider. ``sdk`` is the package that it is asked with, imported with the
    first question; ``parameters`` are what shapes its answers beside the prompt."""

    name: str
    sdk: str
    model: str
    price: Price
    parameters: Mapping[str, Any]

    def ask(self, prompt: Prompt) -> Answer:
        """One call, never repeated here. Raises CallFailed, and WorkError for what no repetition
        mends (no SDK, a key that is refused, an empty account, a model that is not there)."""


class CallFailed(Exception):  # noqa: N818 - the kinds below say what follows
    """A call without an answer. ``billed`` says that it may have been paid for all the same."""

    def __init__(self, reason: str, *, billed: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.billed = billed


class Busy(CallFailed):
    """A passing fault: the same call may succeed later, ``after`` seconds where it was said."""

    def __init__(self, reason: str, *, billed: bool = False, after: float | None = None) -> None:
        super().__init__(reason, billed=billed)
        self.after = after


class Garbled(CallFailed):
    """What came back cannot be read at all; it was paid for, nobody knows how much."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, billed=True)


class Declined(CallFailed):
    """This one question is refused as it stands; others may be answered."""
