"""Addresses: the admin with its console, and two that say whether we live."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from admintools.console import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
