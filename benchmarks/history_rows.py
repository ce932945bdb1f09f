"""A history as ninety busy days leave it, made by the database itself."""

from __future__ import annotations

import re

from django.db import connection

# Of a million runs: who, which job, how they ended. The first name left long ago: whoever looks
# for newest runs of hers by reading from the newest finds the worst case.
_RUNS = """
INSERT INTO admintools_taskhistory (
    task_id, job, task_name, queue, resource, parameters, status, phase, done, total, message,
    message_params, rate, timeline, seq, stored_seq, epoch, attempt, attempt_task_id, losses,
    drains, worker, inline, created_at, published_at, publications, started_at, heartbeat_at,
    finished_at, cancel_requested_by, initiated_by, source, result, error_code, error_message,
    error_params, traceback
)
SELECT
    md5(n::text)::uuid::text,
    job, job, 'celery', '', jsonb_build_object('batch', n), status, 'apply',
    7494, 7494, '', '{}', 812.5,
    '[{"slug": "read", "seconds": 1.2}, {"slug": "apply", "seconds": 9.0}]',
    40, 40, 1, 1, '', 0, 0, 'worker-' || n %% 4, false, at, at, 1, at, at,
    at + (8 + n %% 7) * interval '1 second', '',
    CASE WHEN n < %(rows)s / 3 AND chance(3) < 30 THEN 'maria.que.se.fue'
         WHEN source = 'console' THEN 'usuario' || chance(4) %% 60 ELSE source END,
    source,
    CASE WHEN status = 'SUCCESS' THEN '{"documents": 7494, "verified": true}'::jsonb END,
    CASE WHEN status <> 'FAILURE' THEN ''
         ELSE (ARRAY['worker_lost', 'unexpected', 'time_limit', 'database'])[1 + chance(5) %% 4]
         END,
    CASE WHEN status <> 'FAILURE' THEN '' ELSE (%(errors)s)[1 + chance(5) %% 4] END,
    CASE WHEN status <> 'FAILURE' THEN '{}'::jsonb
         ELSE jsonb_build_object('losses', 3, 'kind', 'KeyError') END,
    CASE WHEN status <> 'FAILURE' THEN '' ELSE repeat('  File "x.py", line 1, in f' || n, 40) END
FROM (
    SELECT n,
        now() - (%(rows)s - n) * interval '90 days' / %(rows)s AS at,
        (ARRAY['cleanup', 'import_catalog', 'undo_import', 'rebuild_index', 'rollback_index'])[
            1 + (chance(0) > 40)::int + (chance(0) > 60)::int + (chance(0) > 65)::int
            + (chance(0) > 98)::int] AS job,
        CASE WHEN n > %(rows)s - %(active)s THEN 'PENDING' WHEN chance(1) < 5 THEN 'FAILURE'
             WHEN chance(1) < 7 THEN 'REVOKED' ELSE 'SUCCESS' END AS status,
        (ARRAY['schedule', 'console', 'command'])[
            1 + (chance(2) > 40)::int + (chance(2) > 90)::int] AS source
    FROM generate_series(1::bigint, %(rows)s) AS n
) AS made
"""
_RESULTS = """
INSERT INTO django_celery_results_taskresult (
    task_id, task_name, task_args, task_kwargs, status, worker, content_type, content_encoding,
    result, date_created, date_started, date_done, traceback, meta
)
SELECT task_id, 'admintools.tasks.' || job, '[' || id || ', 1]', '{}', status, worker,
    'application/json', 'utf-8', result::text, created_at, started_at, finished_at, traceback, '{}'
FROM admintools_taskhistory
"""


# A number below 100 for a run, another one for each seed, the same every time.
_CHANCE = re.compile(r"chance\((\d)\)")
_RUNS = _CHANCE.sub(r"abs(hashint8(n * 10 + \1) %% 100)", _RUNS)


def fill(rows: int, active: int) -> None:
    """So many runs, the newest of them waiting, and a TaskResult of each."""
    from admintools.jobs.execution import OUT_OF_TOUCH, UNEXPECTED

    errors = [
        "The worker was lost %(losses)s times; it may be this run that kills it. "
        "Look at the worker's log, then retry.",
        UNEXPECTED,
        "The run took longer than the worker's time limit and was ended.",
        OUT_OF_TOUCH,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, {"rows": rows, "active": active, "errors": errors})
        cursor.execute(_RESULTS)
        # What autovacuum does on a server that lives longer than a benchmark.
        cursor.execute("VACUUM ANALYZE admintools_taskhistory")
        cursor.execute("VACUUM ANALYZE django_celery_results_taskresult")
