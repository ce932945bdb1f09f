"""When a server that refused wants to be asked again."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds(word: str | None) -> float | None:
    """Seconds from now, from the number or the date of a Retry-After (RFC 9110, 10.2.3); None where
    there is none to read."""
    word = (word or "").strip()
    if not word:
        return None
    try:
        told = float(word)
    except ValueError:
        try:
            at = parsedate_to_datetime(word)
        except ValueError:
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        told = (at - datetime.now(UTC)).total_seconds()
    return max(0.0, told) if math.isfinite(told) else None
