"""When what people chose is enough for a proposal. The rule: micasillero/learning/rule.py."""

from django.core.exceptions import ImproperlyConfigured

from .environment import env

LEARNING_SINCE_DAYS = env.integer("LEARNING_SINCE_DAYS", 90, least=1, most=3_650)
LEARNING_PEOPLE = env.integer("LEARNING_PEOPLE", 5, least=1)
LEARNING_DAYS = env.integer("LEARNING_DAYS", 2, least=1)
LEARNING_MOST_SHARE = env.share("LEARNING_MOST_SHARE", 0.3)
if not LEARNING_MOST_SHARE:
    raise ImproperlyConfigured("LEARNING_MOST_SHARE must be above 0, or nothing is ever learned.")
LEARNING_TIMES = env.factor("LEARNING_TIMES", 2.0)
LEARNING_STAFF_CONFIRMATIONS = env.integer("LEARNING_STAFF_CONFIRMATIONS", 2, least=1)
LEARNING_FOLLOW_SECONDS = env.seconds("LEARNING_FOLLOW_SECONDS", 600.0, most=86_400)
LEARNING_MOST_PER_MINUTE = env.integer("LEARNING_MOST_PER_MINUTE", 20, least=1)
LEARNING_IGNORED_CLIENTS = env.words("LEARNING_IGNORED_CLIENTS")
LEARNING_BLOCKED_WORDS = env.words("LEARNING_BLOCKED_WORDS")
