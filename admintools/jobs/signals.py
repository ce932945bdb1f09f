"""What the engine tells whoever wants to know; it knows none of them."""

from django.dispatch import Signal

# Sent with ``run`` in the transaction that writes the run's end. What a receiver writes is kept
# with that end or not at all; one that fails is logged and changes nothing.
run_ended = Signal()
