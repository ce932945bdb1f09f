"""As the other live tests', with clocks of the broker connection that no operator need turn."""

import os

from tests.live.settings import *  # noqa: F403

_CLOCKS = {
    "socket_timeout": float,
    "health_check_interval": float,
    "visibility_timeout": float,
    "unacked_restore_interval": float,
    "unacked_restore_throttle": int,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,  # noqa: F405
    **{
        name: number(os.environ[f"TRIAL_{name.upper()}"])
        for name, number in _CLOCKS.items()
        if f"TRIAL_{name.upper()}" in os.environ
    },
}
# Late acks leave the message with the broker while its task runs: only then can it come again.
CELERY_TASK_ACKS_LATE = os.environ.get("TRIAL_ACKS_LATE") == "1"
