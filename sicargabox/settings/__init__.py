"""Settings, one short file a concern. All of them come from the environment; see .env.example."""

from .ai import *  # noqa: F403
from .api import *  # noqa: F403
from .celery import *  # noqa: F403
from .django import *  # noqa: F403
from .learning import *  # noqa: F403
from .logging import *  # noqa: F403
from .notify import *  # noqa: F403
from .product import *  # noqa: F403
from .redis import *  # noqa: F403
from .security import *  # noqa: F403
