"""The admin site of the product: Django's own, with the console in front."""

from typing import Any
from urllib.parse import quote

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _

from .permissions import (
    CLASSIFY_GOODS,
    HANDLE_DEAD_LETTERS,
    REVIEW_KEYWORDS,
    VIEW_CONSOLE,
    VIEW_RULE,
    VIEW_SYSTEM,
)

# The console's entries in the side bar: name, address, permission.
PAGES = (
    (_("Console"), "console_home", VIEW_CONSOLE),
    (_("Dashboard of the day"), "console_dashboard", VIEW_CONSOLE),
    (_("Classify"), "console_classify", CLASSIFY_GOODS),
    (_("Review keywords"), "console_review", REVIEW_KEYWORDS),
    (_("Alerts"), "console_alerts", VIEW_CONSOLE),
    (_("Rules"), "console_rules", VIEW_RULE),
    (_("History of runs"), "console_tasks", VIEW_CONSOLE),
    (_("Dead letters"), "console_dead_letters", HANDLE_DEAD_LETTERS),
    (_("Schedules"), "console_schedules", VIEW_CONSOLE),
    (_("Statistics"), "console_statistics", VIEW_CONSOLE),
    (_("System"), "console_system", VIEW_SYSTEM),
    (_("Notifications"), "console_notifications", VIEW_CONSOLE),
    (_("Quality of the search"), "console_quality", VIEW_CONSOLE),
    (_("Compare models"), "console_comparisons", "admintools.launch_compare_providers"),
    (_("Import a tariff file"), "console_import", "admintools.launch_import_catalog"),
)


class ConsoleAdminSite(AdminSite):
    site_header = _("SicargaBox administration")
    site_title = _("SicargaBox administration")
    index_title = _("Start")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        # Ours first: Django's list ends with a pattern that catches everything.
        return [path("elasticsearch/", include("admintools.console.urls")), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        pages = [(name, url) for name, url, needed in PAGES if request.user.has_perm(needed)]
        if app_label is None and pages:
            apps = [self._console(pages), *apps]
        _mark_current(apps, quote(request.path))
        return apps

    def _console(self, pages: list[tuple[Any, str]]) -> dict[str, Any]:
        return {
            "name": _("Search console"),
            "app_label": "console",
            "app_url": reverse(f"{self.name}:{pages[0][1]}"),
            "has_module_perms": True,
            "models": [
                {
                    "name": name,
                    "object_name": url_name,
                    "admin_url": reverse(f"{self.name}:{url_name}"),
                    "add_url": None,
                    "view_only": True,
                    "perms": {"view": True, "add": False, "change": False, "delete": False},
                }
                for name, url_name in pages
            ],
        }


def _mark_current(apps: list[Any], path: str) -> None:
    """``current`` on the one entry that leads to this page or closest above it, and on its
    application: the address of the console's home begins those of all its pages."""
    for app in apps:
        app["current"] = path.startswith(app["app_url"])
    above = [
        model
        for app in apps
        for model in app["models"]
        if model["admin_url"] and path.startswith(model["admin_url"])
    ]
    if above:
        max(above, key=lambda model: len(model["admin_url"]))["current"] = True
