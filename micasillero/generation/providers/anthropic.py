"""Models of Anthropic, by its Messages API.

The answer is the input of one tool which the model must call; thinking is off, since a forced
tool is refused while it is on (platform.claude.com, "Thinking with tool use").
"""

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.conf import settings

from . import faults
from .sdk import load
from .seam import Answer, Garbled, Price, Prompt


class Anthropic:
    """One model."""

    name = sdk = "anthropic"

    def __init__(self, model: str, price: Price) -> None:
        self.model, self.price = model, price
        self.parameters: Mapping[str, Any] = {"thinking": "disabled"}

    @cached_property
    def _client(self) -> Any:
        return load(self.sdk).Anthropic(
            api_key=settings.ANTHROPIC_API_KEY,
            base_url=settings.AI_ANTHROPIC_URL,
            timeout=settings.AI_TIMEOUT,
            max_retries=0,
        )

    def ask(self, prompt: Prompt) -> Answer:
        """See seam.Provider."""
        client = self._client
        began = time.monotonic()
        with faults.calls(load(self.sdk), self.name):
            told = client.messages.with_raw_response.create(
                model=self.model,
                max_tokens=prompt.most_tokens,
                thinking={"type": self.parameters["thinking"]},
                system=prompt.system,
                messages=[{"role": "user", "content": prompt.user}],
                tools=[{"name": prompt.schema_name, "input_schema": dict(prompt.schema)}],
                tool_choice={
                    "type": "tool",
                    "name": prompt.schema_name,
                    "disable_parallel_tool_use": True,
                },
            )
            return _read(told.http_response.json(), self.model, time.monotonic() - began)


def _read(body: Any, model: str, seconds: float) -> Answer:
    try:
        usage = body["usage"]
        asked = sum(
            int(usage.get(name) or 0)
            for name in (
                "input_tokens",
                "cache_creation_input_tokens",
                "cache_read_input_tokens",
            )
        )
        answered = int(usage["output_tokens"])
        data = [block.get("input") for block in body["content"] if block["type"] == "tool_use"]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Garbled("no message of the Messages API") from None
    return Answer(data[0] if data else None, asked, answered, model, seconds)
