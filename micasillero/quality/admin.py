"""The judged queries in the admin: written, mended and switched off by hand; and what people
asked, to read."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .forms import JudgmentForm
from .models import AskedQuery, QueryJudgment


@admin.register(QueryJudgment)
class QueryJudgmentAdmin(admin.ModelAdmin):
    """What a person wrote or changed no newer edition of the product overwrites."""

    form = JudgmentForm
    list_display = ("query", "type", "area", "codes", "active", "edited_by")
    list_filter = ("active", "type", "area")
    list_select_related = ("edited_by",)
    search_fields = ("query", "name")
    list_per_page = 100
    actions = ("switch_on", "switch_off")

    @admin.display(description=_("acceptable codes"))
    def codes(self, row: QueryJudgment) -> str:
        return ", ".join(row.relevant)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that came with the product would come back; it is switched off instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.edited_by, obj.edited_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Ask the selected queries"), permissions=["change"])
    def switch_on(self, request: HttpRequest, chosen: QuerySet[QueryJudgment]) -> None:
        self._switch(request, chosen, active=True)

    @admin.action(description=_("No longer ask the selected queries"), permissions=["change"])
    def switch_off(self, request: HttpRequest, chosen: QuerySet[QueryJudgment]) -> None:
        self._switch(request, chosen, active=False)

    def _switch(
        self, request: HttpRequest, chosen: QuerySet[QueryJudgment], *, active: bool
    ) -> None:
        rows = list(chosen)
        chosen.update(active=active, edited_by=request.user, edited_at=timezone.now())
        told = _("Asked from now on: %(n)s.") if active else _("No longer asked: %(n)s.")
        word = _("switched on") if active else _("switched off")
        who = cast(User, request.user).pk
        LogEntry.objects.log_actions(who, rows, CHANGE, change_message=str(word))
        self.message_user(request, told % {"n": len(rows)}, messages.SUCCESS)


@admin.register(AskedQuery)
class AskedQueryAdmin(admin.ModelAdmin):
    """What people asked, the unanswered ones first. Only the state is for people to change."""

    list_display = ("text", "times", "without", "state", "last_at")
    list_filter = ("state",)
    search_fields = ("folded", "text")
    show_full_result_count = False
    fields = ("text", "times", "without", "first_at", "last_at", "state")
    readonly_fields = ("text", "times", "without", "first_at", "last_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
