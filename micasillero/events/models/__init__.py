"""What customers search, are shown, choose and declare, as the couriers' own programs tell us.

An accepted batch is one raw row. A worker makes events of it; what of it cannot be stored is kept
as a rejected event, for a person to look at. Nothing in these tables names anybody: people,
sessions and networks are keyed hashes (see pseudonyms).
"""

from .batch import LONGEST_CLIENT, BatchState, EventKey, RawBatch
from .event import HASH_LENGTH, LONGEST_CODE, LONGEST_ID, LONGEST_TEXT, Event, EventType
from .rejected import RejectedEvent, RejectedState

__all__ = [
    "HASH_LENGTH",
    "LONGEST_CLIENT",
    "LONGEST_CODE",
    "LONGEST_ID",
    "LONGEST_TEXT",
    "BatchState",
    "Event",
    "EventKey",
    "EventType",
    "RawBatch",
    "RejectedEvent",
    "RejectedState",
]
