"""What runs by itself after an installation, and when, in local time. Staff change it."""

from admintools.jobs import schedules

SCHEDULES = (
    schedules.Schedule(
        name="Limpieza diaria",
        job="cleanup",
        hour=3,
        description="Deletes runs and events after 90 days, log lines after 30, manifests after a "
        "year; empties events of personal data after 30.",
    ),
    schedules.Schedule(
        name="Estadísticas de cada hora",
        job="collect_statistics",
        hour=schedules.EVERY,
        description="Keeps the figures of the hour that ended, and of those that were missed.",
    ),
    schedules.Schedule(
        name="Revisión de las ejecuciones",
        job="check_runs",
        hour=schedules.EVERY,
        minute="*/10",
        description="Looks every ten minutes for runs that do not move or lost their worker.",
    ),
    schedules.Schedule(
        name="Aprendizaje nocturno",
        job="learn_keywords",
        hour=1,
        minute=30,
        description="Proposes keywords from what people chose in the last 90 days.",
    ),
    schedules.Schedule(
        name="Evaluación semanal de la búsqueda",
        job="evaluate_search",
        hour=4,
        day_of_week="0",
        description="Asks the judged queries on Sundays, so that the trend has a point a week.",
    ),
    schedules.Schedule(
        name="Reconstrucción nocturna del índice",
        job="rebuild_index",
        hour=2,
        enabled=False,
        description="Off by default: the index follows every change within two seconds.",
    ),
)
