"""The console's addresses, below ``/admin/elasticsearch/`` in the admin's namespace."""

from django.urls import path
from django.views.i18n import JavaScriptCatalog

from .alerts import views as alerts
from .classify import manifests
from .classify import views as classify
from .comparisons.views import comparison, comparisons
from .dashboard import views as dashboard
from .dead_letters import views as dead_letters
from .history.views import export, history
from .home.views import home
from .imports import views as imports
from .launch.views import launch_form, launch_job, launch_preview
from .notifications import deliveries
from .notifications import views as notifications
from .permissions import console_view
from .quality import asked, compared
from .quality import views as quality
from .queues import views as queues
from .review import runs as review_runs
from .review import views as review
from .rules import views as rules
from .runs import views as runs
from .schedules import views as schedules
from .statistics import views as statistics
from .system.views import system

# This package has no catalogue of its own, so that only the project's texts are sent.
catalog = console_view("GET", permission="")(
    JavaScriptCatalog.as_view(packages=["admintools.console"])
)

urlpatterns = [
    path("", home, name="console_home"),
    path("launch/<slug:job>/", launch_form, name="console_launch"),
    path("launch/<slug:job>/preview/", launch_preview, name="console_launch_preview"),
    path("rebuild/", launch_job, {"job": "rebuild_index"}, name="console_rebuild"),
    path("rollback/", launch_job, {"job": "rollback_index"}, name="console_rollback"),
    path("generate-keywords/", launch_job, {"job": "generate_keywords"}, name="console_generate"),
    path("learn/", launch_job, {"job": "learn_keywords"}, name="console_learn"),
    path("compare-models/", launch_job, {"job": "compare_providers"}, name="console_compare"),
    path("comparisons/", comparisons, name="console_comparisons"),
    path("comparisons/<str:task_id>/", comparison, name="console_comparison"),
    path("evaluate/", launch_job, {"job": "evaluate_search"}, name="console_evaluate"),
    path("cleanup/", launch_job, {"job": "cleanup"}, name="console_cleanup"),
    path("tasks/", history, name="console_tasks"),
    path("tasks/export/", export, name="console_export"),
    path("runs/<str:task_id>/", runs.run_page, name="console_run"),
    path("runs/<str:task_id>/log/", runs.run_log, name="console_run_log"),
    path("runs/<str:task_id>/failed/", runs.run_failed, name="console_run_failed"),
    path("task-status/<str:task_id>/", runs.task_status, name="console_task_status"),
    path("task-cancel/<str:task_id>/", runs.task_cancel, name="console_task_cancel"),
    path("task-retry/<str:task_id>/", runs.task_retry, name="console_task_retry"),
    path("import/", imports.upload, name="console_import"),
    path("import/<int:batch>/", imports.preview, name="console_import_preview"),
    path("import/<int:batch>/apply/", imports.apply, name="console_import_apply"),
    path("import/<int:batch>/undo/", imports.undo, name="console_import_undo"),
    path("classify/", classify.classify, name="console_classify"),
    path("classify/hits/", classify.hits, name="console_classify_hits"),
    path("classify/line/", classify.line, name="console_classify_line"),
    path("classify/taxes/", classify.taxes, name="console_classify_taxes"),
    path("classify/why/", classify.explanation, name="console_classify_why"),
    path("classify/confirm/", classify.confirm_line, name="console_classify_confirm"),
    path("classify/keyword/", classify.add_keyword, name="console_classify_keyword"),
    path(
        "classify/keyword/<int:keyword>/approve/",
        classify.approve_keyword,
        name="console_classify_approve",
    ),
    path("classify/manifests/", manifests.manifests, name="console_manifests"),
    path("classify/manifests/<int:number>/", manifests.manifest, name="console_manifest"),
    path(
        "classify/manifests/<int:number>/confirm/",
        manifests.confirm,
        name="console_manifest_confirm",
    ),
    path(
        "classify/manifests/<int:number>/accept/",
        manifests.accept,
        name="console_manifest_accept",
    ),
    path(
        "classify/manifests/<int:number>/export/",
        manifests.export,
        name="console_manifest_export",
    ),
    path("notifications/", notifications.page, name="console_notifications"),
    path("notifications/add/", notifications.add, name="console_notification_add"),
    path("notifications/deliveries/", deliveries.deliveries, name="console_deliveries"),
    path(
        "notifications/deliveries/<int:delivery>/",
        deliveries.delivery,
        name="console_delivery",
    ),
    path("notifications/<int:subscription>/", notifications.edit, name="console_notification"),
    path(
        "notifications/<int:subscription>/delete/",
        notifications.delete,
        name="console_notification_delete",
    ),
    path(
        "notifications/<int:subscription>/test/",
        notifications.test,
        name="console_notification_test",
    ),
    path(
        "notifications/<int:subscription>/on/",
        notifications.switch,
        {"enabled": True},
        name="console_notification_on",
    ),
    path(
        "notifications/<int:subscription>/off/",
        notifications.switch,
        {"enabled": False},
        name="console_notification_off",
    ),
    path(
        "notifications/<int:subscription>/secret/",
        notifications.secret,
        name="console_notification_secret",
    ),
    path(
        "notifications/<int:subscription>/secret/new/",
        notifications.renew_secret,
        name="console_notification_renew",
    ),
    path("dashboard/", dashboard.dashboard, name="console_dashboard"),
    path("dashboard/count/", dashboard.count_anew, name="console_dashboard_count"),
    path("quality/", quality.latest, name="console_quality"),
    path("quality/compare/", compared.page, name="console_quality_compare"),
    path("quality/<int:evaluation>/", quality.one, name="console_evaluation"),
    path("quality/<int:evaluation>/export/", quality.export, name="console_evaluation_export"),
    path("quality/asked/<int:query>/", asked.judge, name="console_asked"),
    path("quality/asked/<int:query>/dismiss/", asked.dismiss, name="console_asked_dismiss"),
    path("review/", review.review, name="console_review"),
    path("review/decide/", review.decide_keywords, name="console_review_decide"),
    path("review/<int:keyword>/", review.keyword_page, name="console_review_keyword"),
    path("review/<int:keyword>/search/", review.keyword_search, name="console_review_search"),
    path("review/runs/<str:run_id>/", review_runs.run_page, name="console_review_run"),
    path("review/runs/<str:run_id>/accept/", review_runs.accept_run, name="console_run_accept"),
    path("review/runs/<str:run_id>/reject/", review_runs.reject_run, name="console_run_reject"),
    path("review/runs/<str:run_id>/revert/", review_runs.revert_run, name="console_run_revert"),
    path("dead-letters/", dead_letters.dead_letters, name="console_dead_letters"),
    path("dead-letters/replay/", dead_letters.replay, name="console_dead_letters_replay"),
    path("dead-letters/discard/", dead_letters.discard, name="console_dead_letters_discard"),
    path("dead-letters/export/", dead_letters.export, name="console_dead_letters_export"),
    path("queues/<str:queue>/pause/", queues.pause, name="console_queue_pause"),
    path("queues/<str:queue>/resume/", queues.resume, name="console_queue_resume"),
    path("system/", system, name="console_system"),
    path("alerts/", alerts.alerts, name="console_alerts"),
    path("alerts/handle/", alerts.handle_alerts, name="console_alerts_handle"),
    path("rules/", rules.rules, name="console_rules"),
    path("rules/add/", rules.add, name="console_rule_add"),
    path("rules/<int:rule>/", rules.one, name="console_rule"),
    path("rules/<int:rule>/on/", rules.switch, {"enabled": True}, name="console_rule_on"),
    path("rules/<int:rule>/off/", rules.switch, {"enabled": False}, name="console_rule_off"),
    path("schedules/", schedules.page, name="console_schedules"),
    path("schedules/<int:schedule>/run/", schedules.run_now, name="console_schedule_run"),
    path("schedules/<int:schedule>/form/", schedules.run_form, name="console_schedule_form"),
    path(
        "schedules/<int:schedule>/on/",
        schedules.switch,
        {"enabled": True},
        name="console_schedule_on",
    ),
    path(
        "schedules/<int:schedule>/off/",
        schedules.switch,
        {"enabled": False},
        name="console_schedule_off",
    ),
    path(
        "collect-statistics/",
        launch_job,
        {"job": "collect_statistics"},
        name="console_collect_statistics",
    ),
    path("check-runs/", launch_job, {"job": "check_runs"}, name="console_check_runs"),
    path("statistics/", statistics.page, name="console_statistics"),
    path("i18n.js", catalog, name="console_i18n"),
]
