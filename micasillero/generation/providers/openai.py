"""Models by OpenAI's chat completions: OpenAI's own, and any server that speaks the same.

The answer is held to the schema by ``response_format`` with ``strict``.
"""

import json
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.conf import settings

from . import faults
from .sdk import load
from .seam import Answer, Garbled, Price, Prompt


class OpenAI:
    """One model of OpenAI."""

    name = sdk = "openai"

    def __init__(self, model: str, price: Price) -> None:
        self.model, self.price = model, price
        self.parameters: Mapping[str, Any] = self._parameters()

    @cached_property
    def _client(self) -> Any:
        url, key = self._address()
        return load(self.sdk).OpenAI(
            api_key=key, base_url=url, timeout=settings.AI_TIMEOUT, max_retries=0
        )

    def ask(self, prompt: Prompt) -> Answer:
        """See seam.Provider."""
        client = self._client
        began = time.monotonic()
        with faults.calls(load(self.sdk), self.name):
            told = client.chat.completions.with_raw_response.create(
                model=self.model,
                messages=[
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {
                        "name": prompt.schema_name,
                        "schema": dict(prompt.schema),
                        "strict": True,
                    },
                },
                **self._limits(prompt.most_tokens),
            )
            return _read(told.http_response.json(), self.model, time.monotonic() - began)

    def _address(self) -> tuple[str, str]:
        return settings.AI_OPENAI_URL, settings.OPENAI_API_KEY

    def _parameters(self) -> dict[str, Any]:
        effort = settings.AI_OPENAI_EFFORT
        return {} if effort == "unsent" else {"reasoning_effort": effort}

    def _limits(self, most_tokens: int) -> dict[str, Any]:
        return {"max_completion_tokens": most_tokens, **self.parameters}


class Compatible(OpenAI):
    """One model of another server that speaks OpenAI's chat completions."""

    name = "compatible"

    def _address(self) -> tuple[str, str]:
        # The SDK refuses an empty key; a server of one's own often wants none.
        return settings.AI_COMPATIBLE_URL, settings.AI_COMPATIBLE_KEY or "none"

    def _parameters(self) -> dict[str, Any]:
        # Another server's model of the same name is another model.
        return {"url": settings.AI_COMPATIBLE_URL}

    def _limits(self, most_tokens: int) -> dict[str, Any]:
        # The older name: not every server knows the newer one.
        return {"max_tokens": most_tokens}


def _read(body: Any, model: str, seconds: float) -> Answer:
    try:
        usage = body["usage"]
        asked, answered = int(usage["prompt_tokens"]), int(usage["completion_tokens"])
        text = body["choices"][0]["message"].get("content")
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        raise Garbled("no chat completion") from None
    return Answer(_data(text), asked, answered, model, seconds)


def _data(text: Any) -> Any:
    """The JSON of a text; the text itself where it is none, such as one that was cut short."""
    try:
        return json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return text
