"""Celery. The row is the truth, so Celery only has to carry two numbers to a worker.

Early acks and one message at a time: a message that a crash loses is sent again by the
dispatcher, and the claim drops duplicates. Late acks would add a second recoverer that buys only
duplicates (docs/decisions.md).
"""

import os

from django.core.exceptions import ImproperlyConfigured

from .environment import env

# Name of the worker, queues it serves; docker-compose.yml and deploy/systemd/queues say the same. A
# rebuild must not wait behind the daily cleanup, nor an alarm behind a flood of events.
WORKERS = (
    ("elasticsearch", ("elasticsearch",)),
    ("general", ("celery", "ai_generation", "learning")),
    ("events", ("events",)),
    ("notifications", ("notifications",)),
)
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_EXTENDED = True
CELERY_RESULT_EXPIRES = 7 * 24 * 3600
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TRACK_STARTED = False
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SOFT_TIME_LIMIT = env.integer("TASK_SOFT_TIME_LIMIT", 6900, least=1)
CELERY_TASK_TIME_LIMIT = env.integer("TASK_TIME_LIMIT", 7200, least=1, most=10_000)
if CELERY_TASK_SOFT_TIME_LIMIT >= CELERY_TASK_TIME_LIMIT:
    raise ImproperlyConfigured(
        "TASK_SOFT_TIME_LIMIT must be less than TASK_TIME_LIMIT: a run needs time to end in order."
    )
# Celery would end the connection to the database after every task, and PostgreSQL takes longer to
# let one in than to store fifty events. It ends by age and is looked at before use (jobs.workers),
# as that of a request.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_POOL = "prefork"
# Each worker's number of processes. Four keep a large machine from filling its memory unasked.
CELERY_WORKER_CONCURRENCY = env.integer(
    "WORKER_CONCURRENCY", min(os.cpu_count() or 1, 4), least=1, most=1000
)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.seconds("WORKER_SOFT_SHUTDOWN_SECONDS", 60.0)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Those of admintools.jobs.priorities; each but the first is a list of its own in Redis, such as
    # "celery\x06\x163". A worker's queues keep taking turns within a step (the strategy "priority"
    # would let the first one starve the others).
    "priority_steps": [0, 3, 6],
    # Longer than the hard limit, or a second worker starts what the first still runs.
    "visibility_timeout": 10800,
    # A connection that died unnoticed costs twice the interval and up to three time-outs: a worker
    # takes messages again within a minute (with 25 and 30 it took more than 90 s).
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_VISIBILITY_TIMEOUT = 10800
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {
    "visibility_timeout": 10800,
    "retry_policy": {"max_retries": 1, "timeout": 2.0},
}
CELERY_REDIS_SOCKET_TIMEOUT = 2
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 1
CELERY_REDIS_SOCKET_KEEPALIVE = True
CELERY_REDIS_BACKEND_HEALTH_CHECK_INTERVAL = 25
CELERY_BEAT_SCHEDULER = "admintools.jobs.slots:SlotScheduler"
CELERY_TIMEZONE = "America/Tegucigalpa"
CELERY_ENABLE_UTC = True
