"""What people confirmed, to read; a slip may be deleted by whoever has the permission."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import Classification


@admin.register(Classification)
class ClassificationAdmin(admin.ModelAdmin):
    list_display = ("code", "query", "rank", "user", "confirmed_at")
    list_select_related = ("user",)
    search_fields = ("code", "query")
    search_help_text = _("A code, or words of a query.")
    show_full_result_count = False
    fields = (
        "query",
        "code",
        "partida",
        "rank",
        "shown",
        "cif",
        "currency",
        "manifest_line",
        "user",
        "confirmed_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
