"""The rows of the engine: runs with attempts and logs, living processes, paused queues."""

from .attempt import Attempt
from .beat import ProcessBeat
from .dismissal import Dismissal
from .log import LogLine
from .pause import QueuePause
from .run import ACTIVE, RUNNING, TERMINAL, WAITING, Source, Status, TaskHistory, new_task_id

__all__ = [
    "ACTIVE",
    "RUNNING",
    "TERMINAL",
    "WAITING",
    "Attempt",
    "Dismissal",
    "LogLine",
    "ProcessBeat",
    "QueuePause",
    "Source",
    "Status",
    "TaskHistory",
    "new_task_id",
]
