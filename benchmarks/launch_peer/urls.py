"""One address, one task, as a tutorial has them."""

import os

from celery import Celery
from django.http import HttpRequest, JsonResponse
from django.urls import path

redis = os.environ["REDIS_URL"].rpartition("/")[0]
app = Celery("peer", broker=f"{redis}/7", backend=f"{redis}/8")


@app.task
def work(number: int) -> int:
    return number


def launch(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"task_id": work.delay(1).id}, status=202)


urlpatterns = [path("launch/", launch)]
