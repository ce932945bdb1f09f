"""Looking at keywords one by one, and deciding by hand."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .models import Keyword, Source, Status
from .querysets import KeywordQuerySet


@admin.register(Keyword)
class KeywordAdmin(admin.ModelAdmin):
    """Staff add keywords of their own, and approve or reject those of any source. What a person
    decided no run changes; the index follows within seconds."""

    list_display = ("text", "partida", "language", "source", "status", "decided_by")
    list_filter = ("status", "source", "language")
    list_select_related = ("partida", "decided_by")
    search_fields = ("text", "partida__item_no")
    search_help_text = _("A keyword or a tariff code.")
    show_full_result_count = False
    # Not autocomplete: shown again with what is no id, that fails with a 500.
    raw_id_fields = ("partida",)
    fields = ("partida", "text", "language", "status")
    actions = ("approve", "reject")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Another word or line is another keyword: reject this one and add that.
        return ("partida", "text", "language") if obj else ("status",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted keyword would come back with the next run; a rejected one does not."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.decided_by, obj.decided_at = request.user, timezone.now()
        if not change:
            obj.source, obj.status = Source.MANUAL, Status.APPROVED
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Approve the selected keywords"), permissions=["change"])
    def approve(self, request: HttpRequest, chosen: KeywordQuerySet) -> None:
        self._decide(request, chosen, Status.APPROVED)

    @admin.action(description=_("Reject the selected keywords"), permissions=["change"])
    def reject(self, request: HttpRequest, chosen: KeywordQuerySet) -> None:
        self._decide(request, chosen, Status.REJECTED)

    def _decide(self, request: HttpRequest, chosen: KeywordQuerySet, status: Status) -> None:
        keywords = list(chosen)
        chosen.update(status=status, decided_by=request.user, decided_at=timezone.now())
        LogEntry.objects.log_actions(
            cast(User, request.user).pk, keywords, CHANGE, change_message=str(status.label)
        )
        told = ngettext(
            "%(n)s keyword decided: %(status)s.",
            "%(n)s keywords decided: %(status)s.",
            len(keywords),
        ) % {"n": len(keywords), "status": status.label}
        self.message_user(request, told, messages.SUCCESS)
