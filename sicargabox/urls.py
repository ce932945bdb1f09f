"""Addresses: the admin with its console, and the API, and three for whoever watches over us."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from admintools.console import health
from admintools.watch.views import metrics_page

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics_page, name="metrics"),
]
