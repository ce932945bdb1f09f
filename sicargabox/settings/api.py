"""The public API: how often a client may ask, how long answers are kept, who may read them."""

from .environment import env
from .redis import CACHES

# By client address; 0: as often as it likes.
API_SEARCHES_PER_MINUTE = env.integer("API_SEARCHES_PER_MINUTE", 60)
# Requests with events, each of up to 500, a minute; 0: as many as it likes.
API_EVENT_REQUESTS_PER_CLIENT = env.integer("API_EVENT_REQUESTS_PER_CLIENT", 1200)
API_EVENT_REQUESTS_PER_ADDRESS = env.integer("API_EVENT_REQUESTS_PER_ADDRESS", 1200)
API_CACHE_SECONDS = env.integer("API_CACHE_SECONDS", 300, most=86_400)
API_ALLOWED_ORIGINS = env.origins("API_ALLOWED_ORIGINS")
# Counts may be evicted like the answers beside them.
API_LIMITS_URL = CACHES["api_responses"]["LOCATION"][0]
