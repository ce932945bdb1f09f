"""Who wants to hear of what, and every message that comes of it."""

from .delivery import Delivery, Notice, State
from .silence import UnservedQueue
from .subscription import Channel, Subscription

__all__ = ["Channel", "Delivery", "Notice", "State", "Subscription", "UnservedQueue"]
