"""The product's addresses and one more: the product's own launch view, for the benchmarks' job."""

from django.urls import path

from admintools.console.launch.views import launch_job
from sicargabox.urls import urlpatterns as product

LAUNCH = "admin/elasticsearch/benchmark/"

urlpatterns = [path(LAUNCH, launch_job, {"job": "benchmark_count"}), *product]
