"""A language model's server on loopback: both providers' wire formats, and misbehaving on demand.

It answers POST /v1/messages (Anthropic) and POST /v1/chat/completions (OpenAI and compatible)
with keywords made from the question, and keeps every request. ``script`` holds behaviours for the
next requests, in order; when it is empty, ``usual`` decides for each one.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DATA = re.compile(r"<tariff_line>\s*(\{.*\})\s*</tariff_line>", re.DOTALL)
MESSAGES, COMPLETIONS = "/v1/messages", "/v1/chat/completions"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def user(self) -> str:
        """The text of the question."""
        return str(self.body["messages"][-1]["content"])

    @property
    def code(self) -> str:
        """The tariff code that it asks about, "" where there is none."""
        found = DATA.search(self.user)
        return str(json.loads(found[1])["code"]) if found else ""


@dataclass(frozen=True)
class Reply:
    """A behaviour. ``data`` is answered as the model's JSON; ``status`` of 400 or more is an error
    with ``kind``; ``raw`` is sent as it is; ``cut`` promises more than it sends; ``hang`` says
    nothing until the server closes."""

    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "error"
    message: str = "as the test wanted"
    raw: str | None = None
    cut: bool = False
    hang: bool = False
    input_tokens: int = 1000
    output_tokens: int = 100


def keywords(asked: Asked) -> Reply:
    """Two keywords that name the line by its code, spelt in letters."""
    name = "".join(chr(ord("a") + int(d)) for d in asked.code if d.isdecimal()) or "nada"
    return Reply(data={"es": [f"cosa {name}"], "en": [f"thing {name}"]})


class AIServer:
    """Use it in a ``with`` block. ``delay`` in seconds before each answer."""

    def __init__(self) -> None:
        self.script: deque[Reply] = deque()
        self.usual: Callable[[Asked], Reply] = keywords
        self.delay = 0.0
        self.requests: list[Asked] = []
        self.most_at_once = 0
        self._open = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="ai-server", daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def env(self) -> dict[str, str]:
        """The settings of a product whose three providers are this server."""
        return {
            "ANTHROPIC_API_KEY": "sk-ant-secret",
            "OPENAI_API_KEY": "sk-openai-secret",
            "AI_ANTHROPIC_URL": self.url,
            "AI_OPENAI_URL": f"{self.url}/v1",
            "AI_COMPATIBLE_URL": f"{self.url}/v1",
            "AI_COMPATIBLE_MODELS": "local",
            "AI_PRICES": "local=0/0",
            "AI_RETRY_BASE_SECONDS": "0.01",
            "AI_REQUESTS_PER_MINUTE": "100000",
        }

    def configure(self, settings: Any) -> None:
        """The same for the settings of this process."""
        settings.ANTHROPIC_API_KEY = self.env["ANTHROPIC_API_KEY"]
        settings.OPENAI_API_KEY = self.env["OPENAI_API_KEY"]
        settings.AI_ANTHROPIC_URL = self.url
        settings.AI_OPENAI_URL = settings.AI_COMPATIBLE_URL = f"{self.url}/v1"
        settings.AI_COMPATIBLE_MODELS = ["local"]
        settings.AI_PRICES = {**settings.AI_PRICES, "local": (0.0, 0.0)}
        settings.AI_RETRY_BASE_SECONDS = 0.01
        settings.AI_REQUESTS_PER_MINUTE = 100_000

    def asked_for(self) -> Counter[str]:
        """How many requests there were for each tariff code."""
        with self._lock:
            return Counter(request.code for request in self.requests)

    def __enter__(self) -> AIServer:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- for its handler ---------------------------------------------------------------------
    def _arrives(self, asked: Asked) -> Reply:
        with self._lock:
            self.requests.append(asked)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            reply = self.script.popleft() if self.script else self.usual(asked)
        self._closing.wait(self.delay)
        if reply.hang:
            self._closing.wait()
        return reply

    def _leaves(self) -> None:
        with self._lock:
            self._open -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = json.loads(self.rfile.read(length))
                asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                reply = server._arrives(asked)
                try:
                    if not reply.hang:
                        self._send(asked, reply)
                finally:
                    server._leaves()

            def _send(self, asked: Asked, reply: Reply) -> None:
                text = reply.raw if reply.raw is not None else json.dumps(wire(asked, reply))
                sent = text.encode()
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent) * (2 if reply.cut else 1)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)
                if reply.cut:
                    self.close_connection = True

            def log_message(self, *_args: Any) -> None:
                pass

        return Handler


def wire(asked: Asked, reply: Reply) -> dict[str, Any]:
    """The reply in the format of the address that was asked."""
    if asked.path == MESSAGES:
        return _message(asked, reply)
    if asked.path == COMPLETIONS:
        return _completion(asked, reply)
    return {"error": {"type": "not_found_error", "message": f"no {asked.path}"}}


def _message(asked: Asked, reply: Reply) -> dict[str, Any]:
    if reply.status >= 400:
        return {"type": "error", "error": {"type": reply.kind, "message": reply.message}}
    name = asked.body["tool_choice"]["name"]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked.body["model"],
        "content": [{"type": "tool_use", "id": "toolu_1", "name": name, "input": reply.data}],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens},
    }


def _completion(asked: Asked, reply: Reply) -> dict[str, Any]:
    if reply.status >= 400:
        told = {"message": reply.message, "type": reply.kind, "code": reply.kind, "param": None}
        return {"error": told}
    message = {"role": "assistant", "content": json.dumps(reply.data), "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": asked.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {
            "prompt_tokens": reply.input_tokens,
            "completion_tokens": reply.output_tokens,
            "total_tokens": reply.input_tokens + reply.output_tokens,
        },
    }
