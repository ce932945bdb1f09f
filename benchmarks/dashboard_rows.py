"""Twenty days of events as couriers' programs send them, made by the database itself."""

from __future__ import annotations

import re

from django.db import connection

DAYS = 20

# What is asked most is asked as often as in a shop: the n-th query some 1/n times. Of a hundred
# events 45 are searches, 35 impressions, 15 selections, 5 declarations.
_EVENTS = """
INSERT INTO micasillero_events_event (
    event_id, client, type, occurred_at, received_at, session, person, network, query, results,
    code, rank, codes, description, value
)
SELECT 'e' || n, 'casillero-' || chance(0) %% 3, type, at, at + interval '2 seconds',
    left(md5('s' || visitor), 22), left(md5('p' || visitor), 22), left(md5('n' || visitor), 22),
    CASE WHEN type = 'declaration' THEN '' ELSE query END,
    CASE WHEN type = 'search' THEN CASE WHEN word %% 17 = 3 THEN 0 ELSE 20 END END,
    CASE WHEN type = 'selection' THEN '6404.11.00.00' ELSE '' END,
    CASE WHEN type = 'selection' THEN 1 + chance(4) %% 5 END,
    CASE WHEN type = 'impression' THEN '["6404.11.00.00", "6404.19.00.00"]'::jsonb END,
    CASE WHEN type = 'declaration' THEN 'zapatos para correr, un par' ELSE '' END,
    CASE WHEN type = 'declaration' THEN 45.50 END
FROM (
    SELECT n, type, word, visitor,
        'consulta ' || word || CASE WHEN word %% 50 = 7 THEN ' ana' || word || '@example.hn'
            ELSE '' END AS query,
        (%(today)s + interval '1 day')
            - (%(rows)s - n) / (%(rows)s / %(days)s) * interval '1 day'
            - (1 - (n %% (%(rows)s / %(days)s)) / (%(rows)s / %(days)s)::float)
                * interval '1 day' AS at
    FROM (
        SELECT n,
            (ARRAY['search', 'impression', 'selection', 'declaration'])[
                1 + (chance(1) >= 45)::int + (chance(1) >= 80)::int + (chance(1) >= 95)::int
            ] AS type,
            floor(exp(ln(20000) * (abs(hashint8(n * 10 + 2)) %% 1000003) / 1000003.0))::int AS word,
            abs(hashint8(n * 10 + 3)) %% 9000 AS visitor
        FROM generate_series(1::bigint, %(rows)s) AS n
    ) AS drawn
) AS made
"""
# A number below 100 for an event, another one for each seed, the same every time.
_EVENTS = re.sub(r"chance\((\d)\)", r"(abs(hashint8(n * 10 + \1)) %% 100)", _EVENTS)


def fill(rows: int) -> None:
    """So many events, a twentieth of them of today."""
    from datetime import datetime, time

    from django.utils import timezone

    today = datetime.combine(timezone.localdate(), time.min, timezone.get_default_timezone())
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"rows": rows, "today": today, "days": DAYS})
        # What autovacuum does on a server that lives longer than a benchmark.
        cursor.execute("VACUUM ANALYZE micasillero_events_event")
