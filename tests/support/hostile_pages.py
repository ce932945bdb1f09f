"""Where what tests.support.hostile makes is shown."""

from typing import Any
from urllib.parse import urlencode


def pages(made: dict[str, Any]) -> list[str]:
    """The addresses of the pages that show any of it."""
    console, admin = "/admin/elasticsearch/", "/admin/"
    found = [
        admin,
        console,
        f"{console}dashboard/",
        f"{console}tasks/",
        f"{console}schedules/",
        f"{console}import/",
        f"{console}dead-letters/",
        f"{console}statistics/",
        f"{console}system/",
        f"{admin}api/apiclient/",
        f"{admin}api/apiclient/{made['client'].pk}/change/",
    ]
    classify, line = f"{console}classify/", made["line"]
    found += [classify, f"{classify}manifests/", f"{classify}manifests/{made['manifest'].pk}/"]
    asked = urlencode({"q": line.descripcion[:500], "code": line.item_no, "why": 1, "cif": 5})
    found += [f"{classify}{page}?{asked}" for page in ("", "hits/", "line/", "taxes/", "why/")]
    found.append(f"{admin}micasillero_classification/classification/")
    review = f"{console}review/"
    found += [review, f"{review}?status=approved", f"{review}{made['keyword'].pk}/"]
    found += [f"{review}{made['keyword'].pk}/search/", f"{review}runs/{made['waiting'].run_id}/"]
    found += [f"{console}alerts/?state=all", f"{console}rules/", f"{console}rules/add/",
              f"{console}rules/{made['rule'].pk}/"]  # fmt: skip
    keywords = f"{admin}micasillero_keywords/keyword/"
    found += [keywords, f"{keywords}{made['keyword'].pk}/change/"]
    jobs = (
        *("rebuild_index", "rollback_index", "generate_keywords", "learn_keywords"),
        *("evaluate_search", "cleanup"),
    )
    for job in jobs:
        found += [f"{console}launch/{job}/", f"{console}launch/{job}/preview/"]
    found += [
        f"{console}launch/compare_providers/",
        f"{console}comparisons/",
        f"{console}comparisons/{made['comparison'].run_id}/",
    ]
    number, quality = made["evaluation"].pk, f"{console}quality/"
    found += [quality, f"{quality}{number}/", f"{quality}{number}/export/"]
    found += [f"{quality}compare/?before={number}&now={number}",
              f"{quality}asked/{made['asked'].pk}/"]  # fmt: skip
    told = f"{console}notifications/"
    found += [told, f"{told}add/", f"{told}deliveries/", f"{told}deliveries/{made['delivery'].pk}/"]
    found += [f"{told}{made['subscription'].pk}/{page}" for page in ("", "secret/")]
    judged = f"{admin}micasillero_quality/"
    found += [f"{judged}queryjudgment/", f"{judged}queryjudgment/{made['judgment'].pk}/change/"]
    found += [f"{judged}askedquery/", f"{judged}askedquery/{made['asked'].pk}/change/"]
    for run in made["runs"]:
        found += [f"{console}runs/{run.task_id}/", f"{console}runs/{run.task_id}/log/"]
        found.append(f"{admin}admintools/taskhistory/{run.pk}/change/")
    found += [f"{console}import/{batch.pk}/" for batch in made["batches"]]
    found.append(f"{console}launch/rebuild_index/?retry_of={made['runs'][0].task_id}")
    lists = ("admintools/taskhistory", "MiCasillero/partidaarancelaria", "MiCasillero/importbatch",
             "MiCasillero/importchange", "auth/user", "auth/group",
             "django_celery_beat/periodictask")  # fmt: skip
    found += [f"{admin}{name}/" for name in lists]
    found.append(f"{console}schedules/{made['schedule'].pk}/form/")
    found.append(f"{admin}django_celery_beat/periodictask/{made['schedule'].pk}/change/")
    line, batch = made["line"], made["batches"][1]
    found += [f"{admin}MiCasillero/partidaarancelaria/{line.pk}/{page}/" for page in
              ("change", "history", "delete")]  # fmt: skip
    return [*found, f"{admin}MiCasillero/importbatch/{batch.pk}/change/"]
