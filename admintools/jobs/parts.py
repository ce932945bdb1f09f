"""How a part of the product is started on this installation, for the pages that miss one."""

from django.conf import settings

DIRECT = {
    "dispatch": "manage.py dispatch",
    "sync_index": "manage.py sync_index",
    "notify": "manage.py notify",
    "beat": "celery -A sicargabox beat",
}


def starts(process: str) -> str:
    """The command that starts the process of that name, one of DIRECT."""
    return _command(process, process.replace("_", "-"), DIRECT[process])


def starts_worker(queue: str) -> str:
    """The command that starts a worker for the queue."""
    worker = next((name for name, queues in settings.WORKERS if queue in queues), queue)
    direct = f"celery -A sicargabox worker -Q {queue}"
    return _command(f"worker-{worker}", f"worker@{worker}", direct)


def _command(part: str, unit: str, direct: str) -> str:
    # Where the parts are somebody's services, the bare program would run without their settings.
    return settings.START_COMMAND.format(part=part, unit=unit) or direct
