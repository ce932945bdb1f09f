"""TaskHistory in the admin: to read, never to write. Transitions are the engine's alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from admintools.jobs.models import TaskHistory

from .permissions import VIEW_CONSOLE


@admin.register(TaskHistory)
class TaskHistoryAdmin(admin.ModelAdmin):
    list_display = ("id", "job_label", "status", "initiated_by", "created_at", "finished_at")
    list_filter = ("status", "job", "source")
    search_fields = ("task_id", "initiated_by")
    ordering = ("-id",)
    list_per_page = 50
    # Counting a million rows twice for one page is what makes admin lists slow.
    show_full_result_count = False
    list_select_related = False
    view_on_site = False
    actions = None

    @admin.display(description=_("job"), ordering="job")
    def job_label(self, run: TaskHistory) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:console_run", args=[run.task_id]), run.label
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(VIEW_CONSOLE) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
