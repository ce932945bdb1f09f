"""The engines, and the one that the settings choose."""

import os
from functools import lru_cache

from django.conf import settings

from .seam import Engine


def get_engine(name: str | None = None) -> Engine:
    """The engine of that name (``elasticsearch``, ``tantivy``), or the one of the settings.

    One object a process: its connections and open indices must not cross a fork.
    """
    return _engine(name or settings.SEARCH_ENGINE, os.getpid())


@lru_cache(maxsize=4)
def _engine(name: str, _process: int) -> Engine:
    # Imported here so that a deployment needs only the engine it uses.
    if name == "elasticsearch":
        from .elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine.from_settings()
    if name == "tantivy":
        from .tantivy import TantivyEngine

        return TantivyEngine.from_settings()
    raise ValueError(f"unknown search engine: {name}")
