"""The admin site of the product: Django's own, with the console in front."""

from typing import Any
from urllib.parse import quote

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _

from .permissions import VIEW_CONSOLE


class ConsoleAdminSite(AdminSite):
    site_header = _("SicargaBox administration")
    site_title = _("SicargaBox administration")
    index_title = _("Start")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        # Ours first: Django's list ends with a pattern that catches everything.
        return [path("elasticsearch/", include("admintools.console.urls")), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        if app_label is None and request.user.has_perm(VIEW_CONSOLE):
            apps = [self._console(request), *apps]
        _mark_current(apps, quote(request.path))
        return apps

    def _console(self, request: HttpRequest) -> dict[str, Any]:
        pages = [
            (_("Console"), "console_home"),
            (_("History of runs"), "console_tasks"),
            (_("Schedules"), "console_schedules"),
        ]
        if request.user.has_perm("admintools.launch_import_catalog"):
            pages.append((_("Import a tariff file"), "console_import"))
        home = reverse(f"{self.name}:console_home")
        return {
            "name": _("Search console"),
            "app_label": "console",
            "app_url": home,
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
