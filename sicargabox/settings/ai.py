"""Language models that suggest keywords. Without a key none is asked and nothing costs money.

Models and their prices are settings because both change; the defaults are each provider's smallest
model at its list price of November 2026.
"""

from django.core.exceptions import ImproperlyConfigured

from .environment import env

ANTHROPIC_API_KEY = env.secret("ANTHROPIC_API_KEY")
OPENAI_API_KEY = env.secret("OPENAI_API_KEY")
AI_COMPATIBLE_KEY = env.secret("AI_COMPATIBLE_KEY")
AI_ANTHROPIC_URL = env.url("AI_ANTHROPIC_URL", "https://api.anthropic.com", ("http", "https"))
AI_OPENAI_URL = env.url("AI_OPENAI_URL", "https://api.openai.com/v1", ("http", "https"))
AI_COMPATIBLE_URL = env.url("AI_COMPATIBLE_URL", "", ("http", "https"))
# The first model of a provider is its usual one; the others can be compared with it.
AI_ANTHROPIC_MODELS = env.words("AI_ANTHROPIC_MODELS", ["claude-haiku-5-5"])
AI_OPENAI_MODELS = env.words("AI_OPENAI_MODELS", ["gpt-6-luna"])
AI_COMPATIBLE_MODELS = env.words("AI_COMPATIBLE_MODELS")
if AI_COMPATIBLE_URL and not AI_COMPATIBLE_MODELS:
    raise ImproperlyConfigured("AI_COMPATIBLE_URL is set: name a model in AI_COMPATIBLE_MODELS.")
# Thinking is paid for and buys no better keywords. "unsent" is for models that do not know it.
AI_OPENAI_EFFORT = env.choice(
    "AI_OPENAI_EFFORT", ("none", "minimal", "low", "medium", "high", "unsent"), "none"
)
# US dollars per million tokens, asked and answered. A model without a price is not asked: no cap
# could be held.
AI_PRICES = {
    "claude-haiku-5-5": (0.10, 0.50),
    "gpt-6-luna": (0.10, 0.50),
    **env.prices("AI_PRICES"),
}

AI_RUN_CAP_USD = env.amount("AI_RUN_CAP_USD", 5.0)
AI_MONTHLY_CAP_USD = env.amount("AI_MONTHLY_CAP_USD", 20.0)
AI_REQUESTS_PER_MINUTE = env.integer("AI_REQUESTS_PER_MINUTE", 50, least=1, most=100_000)
AI_CONCURRENCY = env.integer("AI_CONCURRENCY", 4, least=1, most=64)
AI_TIMEOUT = env.seconds("AI_TIMEOUT", 60.0, least=0.1, most=3600)
AI_RETRY_BASE_SECONDS = env.seconds("AI_RETRY_BASE_SECONDS", 1.0, least=0.01, most=60)
