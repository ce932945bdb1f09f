"""Who may do what. One decorator guards every address of the console.

The order is fixed: method (405), session (401 or the login page), CSRF (403), permission (403).
Each answer is JSON for a caller that asks for JSON and a page for a browser.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from . import responses

VIEW_CONSOLE = "admintools.view_console"
CANCEL_RUN = "admintools.cancel_run"
RETRY_RUN = "admintools.retry_run"
EXPORT_RUNS = "admintools.export_runs"
PAUSE_QUEUE = "admintools.pause_queue"
HANDLE_DEAD_LETTERS = "admintools.handle_dead_letters"
VIEW_SYSTEM = "admintools.view_system"
REVIEW_KEYWORDS = "admintools.review_keywords"
ACCEPT_KEYWORDS = "admintools.launch_accept_keywords"
RUN_SCHEDULE = "admintools.run_schedule"
CLASSIFY_GOODS = "admintools.classify_goods"
MANAGE_NOTIFICATIONS = "admintools.manage_notifications"
ADD_KEYWORD = "micasillero_keywords.add_keyword"
HANDLE_ALERTS = "admintools.handle_alerts"
VIEW_RULE = "micasillero_compliance.view_rule"
ADD_RULE = "micasillero_compliance.add_rule"
CHANGE_RULE = "micasillero_compliance.change_rule"
CHANGE_SCHEDULE = "django_celery_beat.change_periodictask"

View = Callable[..., HttpResponseBase]


def console_view(
    *methods: str, permission: str = VIEW_CONSOLE, json_first: bool = False
) -> Callable[[View], View]:
    """Guard a view. ``permission`` "" leaves only the staff check, for views that ask more.

    ``json_first`` is for addresses that only ever answer JSON: a caller without an Accept header
    gets JSON there.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def inside(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            try:
                if permission:
                    require(request, permission)
                return view(request, *args, **kwargs)
            except PermissionDenied as error:
                return responses.refused(request, 403, str(error) or _no_permission())
            except Http404 as error:
                return responses.refused(request, 404, str(error))

        protected = csrf_protect(inside)

        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            responses.note_preference(request, json_first)
            if request.method not in methods:
                return responses.wrong_method(request, methods)
            if not admin.site.has_permission(request):
                return _ask_to_log_in(request)
            return protected(request, *args, **kwargs)

        # Checked inside instead: an anonymous caller must hear 401, not that a token is missing.
        guarded.csrf_exempt = True  # type: ignore[attr-defined]
        return never_cache(guarded)

    return decorate


def require(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied unless the user has it."""
    if not request.user.has_perm(permission):
        raise PermissionDenied(_no_permission())


def may_add_words(user: Any) -> bool:
    """Whether “Add a word” leads anywhere: the form stands on the page Clasificar."""
    return user.has_perm(CLASSIFY_GOODS) and user.has_perm(ADD_KEYWORD)


def _no_permission() -> str:
    return _("You have no permission for this. Ask an administrator for it.")


def _ask_to_log_in(request: HttpRequest) -> HttpResponse:
    if responses.wants_json(request):
        if request.user.is_authenticated:
            return responses.refused(request, 403, _("Only staff may use the console."))
        return responses.refused(request, 401, _("Log in first."))
    # After the login a GET must work, and the addresses that act know only POST.
    back = request.get_full_path() if request.method == "GET" else reverse("admin:console_home")
    return redirect_to_login(back, reverse("admin:login"))
