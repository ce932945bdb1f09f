"""Clients of the API in the admin: made with a token, given a new one, switched off."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import ApiClient


@admin.register(ApiClient)
class ApiClientAdmin(admin.ModelAdmin):
    list_display = ("name", "active", "shown", "renewed_at")
    list_filter = ("active",)
    search_fields = ("name",)
    readonly_fields = ("shown", "created_at", "renewed_at")
    actions = ("renew_tokens",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The name stands with the events that were sent under it.
        return (*self.readonly_fields, "name") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        self._show(request, obj, obj.renew())

    @admin.action(description=gettext_lazy("Make a new token"), permissions=["change"])
    def renew_tokens(self, request: HttpRequest, queryset: QuerySet) -> None:
        for client in queryset:
            self._show(request, client, client.renew())
            self.log_change(request, client, _("A new token was made."))

    def _show(self, request: HttpRequest, client: ApiClient, token: str) -> None:
        told = _("The token of %(name)s, which is not shown again: %(token)s")
        self.message_user(request, told % {"name": client, "token": token}, messages.WARNING)
