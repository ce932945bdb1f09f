"""One address, one task for each event, as a tutorial has it."""

import json
import os

from celery import Celery
from django.http import HttpRequest, JsonResponse
from django.urls import path

redis = os.environ["REDIS_URL"].rpartition("/")[0]
app = Celery("peer", broker=f"{redis}/7", backend=f"{redis}/8")


@app.task
def ingest(event: dict) -> str:
    return event["event_id"]


def events(request: HttpRequest) -> JsonResponse:
    told = json.loads(request.body)
    for event in told:
        ingest.delay(event)
    return JsonResponse({"status": "accepted", "accepted": len(told)}, status=201)


urlpatterns = [path("api/events/", events)]
