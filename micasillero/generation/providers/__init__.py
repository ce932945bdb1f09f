"""The providers that cost money, by name: "anthropic", or "anthropic:MODEL" for another model."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from .anthropic import Anthropic
from .openai import Compatible, OpenAI
from .sdk import require
from .seam import Price, Provider

_MAKERS: dict[str, Callable[[str, Price], Provider]] = {
    "anthropic": Anthropic,
    "openai": OpenAI,
    "compatible": Compatible,
}
PAID = tuple(_MAKERS)
# What each needs to be asked at all, and which models it may be asked for.
_NEEDS = {
    "anthropic": ("ANTHROPIC_API_KEY", "AI_ANTHROPIC_MODELS"),
    "openai": ("OPENAI_API_KEY", "AI_OPENAI_MODELS"),
    "compatible": ("AI_COMPATIBLE_URL", "AI_COMPATIBLE_MODELS"),
}


def configured() -> list[str]:
    """ "provider:model" of every model that may be asked, each provider's usual one first."""
    return [
        f"{name}:{model}"
        for name, (need, models) in _NEEDS.items()
        if getattr(settings, need)
        for model in getattr(settings, models)
    ]


def get_provider(name: str) -> Provider:
    """The provider of that name. Raises WorkError: unknown_provider, no_key, no_model, no_price,
    no_sdk."""
    provider, _colon, model = name.partition(":")
    if provider not in _MAKERS:
        raise WorkError("unknown_provider", _("There is no provider %(name)s."), name=name)
    need, models = _NEEDS[provider]
    if not getattr(settings, need):
        raise WorkError(
            "no_key",
            _("%(provider)s cannot be asked: set %(need)s where the workers start."),
            provider=provider,
            need=need,
        )
    model = model or _usual(provider, models)
    made = _MAKERS[provider](model, _price(model))
    require(made.sdk)
    return made


def _usual(provider: str, models: str) -> str:
    known: list[Any] = getattr(settings, models)
    if not known:
        raise WorkError(
            "no_model",
            _("%(provider)s cannot be asked: name a model in %(need)s."),
            provider=provider,
            need=models,
        )
    return str(known[0])


def _price(model: str) -> Price:
    try:
        return Price(*settings.AI_PRICES[model])
    except KeyError:
        raise WorkError(
            "no_price",
            _("The price of %(model)s is not known, so no cap can be held: add it to AI_PRICES."),
            model=model,
        ) from None
