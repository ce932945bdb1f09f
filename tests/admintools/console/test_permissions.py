"""Every address of the console, as everybody who may knock."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from admintools.console.urls import urlpatterns
from admintools.notify.announcing import announce_test
from admintools.notify.models import Subscription
from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.models import GenerationRun, ModelComparison
from micasillero.keywords.models import Keyword
from tests.micasillero.compliance.rows import rule
from tests.support.hostile import side

from .conftest import HTML, JSON
from .quality_rows import asked, kept

# name: (method, what stands in the address, the permission it asks; "" for any staff)
ADDRESSES = {
    "console_home": ("get", (), "view_console"),
    "console_launch": ("get", ("rebuild_index",), "launch_rebuild_index"),
    "console_launch_preview": ("get", ("rebuild_index",), "launch_rebuild_index"),
    "console_rebuild": ("post", (), "launch_rebuild_index"),
    "console_rollback": ("post", (), "launch_rollback_index"),
    "console_generate": ("post", (), "launch_generate_keywords"),
    "console_learn": ("post", (), "launch_learn_keywords"),
    "console_compare": ("post", (), "launch_compare_providers"),
    "console_comparisons": ("get", (), "launch_compare_providers"),
    "console_comparison": ("get", ("comparison",), "launch_compare_providers"),
    "console_evaluate": ("post", (), "launch_evaluate_search"),
    "console_cleanup": ("post", (), "launch_cleanup"),
    "console_tasks": ("get", (), "view_console"),
    "console_export": ("post", (), "export_runs"),
    "console_run": ("get", ("run",), "view_console"),
    "console_run_log": ("get", ("run",), "view_console"),
    "console_run_failed": ("get", ("run",), "view_console"),
    "console_task_status": ("get", ("run",), "view_console"),
    "console_task_cancel": ("post", ("run",), "cancel_run"),
    "console_task_retry": ("post", ("ended",), "retry_run"),
    "console_import": ("get", (), "launch_import_catalog"),
    "console_import_preview": ("get", ("batch",), "launch_import_catalog"),
    "console_import_apply": ("post", ("batch",), "launch_import_catalog"),
    "console_import_undo": ("post", ("batch",), "launch_undo_import"),
    "console_classify": ("get", (), "classify_goods"),
    "console_classify_hits": ("get", (), "classify_goods"),
    "console_classify_line": ("get", (), "classify_goods"),
    "console_classify_taxes": ("get", (), "classify_goods"),
    "console_classify_why": ("get", (), "classify_goods"),
    "console_classify_confirm": ("post", (), "classify_goods"),
    "console_classify_keyword": ("post", (), "classify_goods"),
    "console_classify_approve": ("post", ("keyword",), "review_keywords"),
    "console_manifests": ("get", (), "classify_goods"),
    "console_manifest": ("get", ("manifest",), "classify_goods"),
    "console_manifest_confirm": ("post", ("manifest",), "classify_goods"),
    "console_manifest_accept": ("post", ("manifest",), "classify_goods"),
    "console_manifest_export": ("post", ("manifest",), "classify_goods"),
    "console_collect_statistics": ("post", (), "launch_collect_statistics"),
    "console_check_runs": ("post", (), "launch_check_runs"),
    "console_statistics": ("get", (), "view_console"),
    "console_dashboard": ("get", (), "view_console"),
    "console_dashboard_count": ("post", (), "view_console"),
    "console_quality": ("get", (), "view_console"),
    "console_quality_compare": ("get", (), "view_console"),
    "console_evaluation": ("get", ("evaluation",), "view_console"),
    "console_evaluation_export": ("get", ("evaluation",), "view_console"),
    "console_asked": ("get", ("asked",), "add_queryjudgment"),
    "console_asked_dismiss": ("post", ("asked",), "add_queryjudgment"),
    "console_review": ("get", (), "review_keywords"),
    "console_review_decide": ("post", (), "review_keywords"),
    "console_review_keyword": ("get", ("keyword",), "review_keywords"),
    "console_review_search": ("get", ("keyword",), "review_keywords"),
    "console_review_run": ("get", ("generation",), "review_keywords"),
    "console_run_accept": ("post", ("generation",), "launch_accept_keywords"),
    "console_run_reject": ("post", ("generation",), "review_keywords"),
    "console_run_revert": ("post", ("generation",), "review_keywords"),
    "console_queue_pause": ("post", ("learning",), "pause_queue"),
    "console_queue_resume": ("post", ("learning",), "pause_queue"),
    "console_dead_letters": ("get", (), "handle_dead_letters"),
    "console_dead_letters_replay": ("post", (), "handle_dead_letters"),
    "console_dead_letters_discard": ("post", (), "handle_dead_letters"),
    "console_dead_letters_export": ("post", (), "handle_dead_letters"),
    "console_system": ("get", (), "view_system"),
    "console_alerts": ("get", (), "view_console"),
    "console_alerts_handle": ("post", (), "handle_alerts"),
    "console_rules": ("get", (), "view_rule"),
    "console_rule_add": ("get", (), "add_rule"),
    "console_rule": ("get", ("rule",), "view_rule"),
    "console_rule_on": ("post", ("rule",), "change_rule"),
    "console_rule_off": ("post", ("rule",), "change_rule"),
    "console_schedules": ("get", (), "view_console"),
    "console_schedule_run": ("post", ("schedule",), "run_schedule"),
    "console_schedule_form": ("get", ("schedule",), "run_schedule"),
    "console_schedule_on": ("post", ("schedule",), "change_periodictask"),
    "console_schedule_off": ("post", ("schedule",), "change_periodictask"),
    "console_notifications": ("get", (), "view_console"),
    "console_notification_add": ("get", (), "view_console"),
    "console_notification": ("get", ("subscription",), "view_console"),
    "console_notification_delete": ("post", ("subscription",), "view_console"),
    "console_notification_test": ("post", ("subscription",), "view_console"),
    "console_notification_on": ("post", ("subscription",), "view_console"),
    "console_notification_off": ("post", ("subscription",), "view_console"),
    "console_notification_secret": ("get", ("subscription",), "view_console"),
    "console_notification_renew": ("post", ("subscription",), "view_console"),
    "console_deliveries": ("get", (), "view_console"),
    "console_delivery": ("get", ("delivery",), "view_console"),
    "console_i18n": ("get", (), ""),
}
# Asked beside that one.
ALSO = {
    "console_schedule_run": ("launch_cleanup",),
    "console_schedule_form": ("launch_cleanup",),
    "console_task_retry": ("launch_cleanup",),
    "console_classify_keyword": ("add_keyword",),
}
# 400: an import that is not there to be undone, a form without its fields,
# nothing to compare; 404: no line chosen, not of one's own; 409: a run that was not accepted yet
WELL = {200, 202, 302, 400, 404, 409}
# Pages that are read and posted to.
BOTH = {
    *("console_asked", "console_import", "console_launch_preview", "console_manifests"),
    *("console_rule", "console_rule_add"),
    *("console_notification", "console_notification_add"),
}


@pytest.fixture
def keyword(db):
    """One that a run of a model wrote, which waits."""
    GenerationRun.objects.create(run_id="r1", provider="p", model="m", state="waiting")
    line = PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="x")
    return Keyword.objects.create(partida=line, text="x", language="es", source="ai", run_id="r1")


@pytest.fixture
def address_of(make_run, batch, manifest, keyword):
    def address(name):
        values = {
            "run": lambda: make_run(job="cleanup").task_id,
            "ended": lambda: make_run(job="cleanup", status="FAILURE").task_id,
            "batch": lambda: batch.pk,
            "manifest": lambda: manifest.pk,
            "evaluation": lambda: kept(a=1).pk,
            "asked": lambda: asked().pk,
            "comparison": lambda: compared(make_run).run_id,
            "keyword": lambda: keyword.pk,
            "rule": lambda: rule().pk,
            "generation": lambda: keyword.run_id,
            "subscription": lambda: subscribed_team().pk,
            "delivery": lambda: announce_test(subscribed_team(), "ana").pk,
            "schedule": lambda: PeriodicTask.objects.get(name="Limpieza diaria").pk,
        }
        return reverse(
            f"admin:{name}", args=[values.get(a, lambda a=a: a)() for a in ADDRESSES[name][1]]
        )

    return address


def subscribed_team():
    team, _made = Group.objects.get_or_create(name="guardia")
    address = "https://hooks.example.hn/"
    return Subscription.objects.create(team=team, channel="webhook", address=address)


def compared(make_run):
    run = make_run(job="compare_providers", status="SUCCESS")
    sides = [side(model="a"), side(model="b")]
    return ModelComparison.objects.create(
        run_id=run.task_id, sides=sides, lines=[], queries=0, covered_before=0
    )


@pytest.fixture(params=sorted(ADDRESSES))
def name(request):
    return request.param


def ask(client, name, address, headers):
    return getattr(client, ADDRESSES[name][0])(address, headers=headers)


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(ADDRESSES)


def test_the_anonymous_are_told_to_log_in(name, address_of, person, client_of):
    """And not that a token is missing. Who was switched off is anonymous."""
    address = address_of(name)
    answer = ask(Client(enforce_csrf_checks=True), name, address, JSON)
    assert (answer.status_code, answer.json()["status"]) == (401, "unauthorized")
    answer = ask(Client(), name, address, HTML)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("admin:login"))
    switched_off = client_of(person(is_superuser=True, is_active=False))
    assert ask(switched_off, name, address, JSON).status_code == 401


def test_who_is_not_staff_is_refused(name, address_of, person, client_of):
    codename = ADDRESSES[name][2]
    client = client_of(person(*[codename] if codename else [], is_staff=False))
    address = address_of(name)
    assert ask(client, name, address, JSON).status_code == 403
    assert ask(client, name, address, HTML).url.startswith(reverse("admin:login"))


def test_staff_without_the_permission_are_refused(name, address_of, person, client_of):
    codename = ADDRESSES[name][2]
    others = {spec[2] for spec in ADDRESSES.values()} - {codename, ""}
    if name == "console_import_preview":
        others -= {"launch_undo_import"}  # who may undo an import may look at it
    client = client_of(person(*others))
    address = address_of(name)
    answer = ask(client, name, address, JSON)
    if not codename:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["status"]) == (403, "forbidden")
    assert ask(client, name, address, HTML).status_code == 403


def test_staff_with_the_permission_are_let_in(name, address_of, person, client_of):
    codename = ADDRESSES[name][2]
    client = client_of(person(*[codename] if codename else [], *ALSO.get(name, ())))
    assert ask(client, name, address_of(name), JSON).status_code in WELL


def test_a_superuser_is_let_in_by_the_right_method_and_no_cache_keeps_it(name, address_of, boss):
    address = address_of(name)
    answer = ask(boss, name, address, HTML)
    assert answer.status_code in WELL
    assert "no-store" in answer.headers["Cache-Control"]
    wrong = "post" if ADDRESSES[name][0] == "get" else "get"
    if name in BOTH:
        wrong = "put"
    answer = getattr(boss, wrong)(address, headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"]
    assert getattr(boss, wrong)(address, headers=HTML).status_code == 405


def test_a_post_without_the_token_is_refused(name, address_of, person, client_of):
    if ADDRESSES[name][0] != "post":
        return
    client = client_of(person(is_superuser=True), enforce_csrf_checks=True)
    answer = client.post(address_of(name), headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (403, "forbidden")


def test_answers_without_an_accept_header(boss, make_run):
    assert boss.get("/admin/elasticsearch/")["Content-Type"].startswith("text/html")
    unknown = boss.get("/admin/elasticsearch/task-status/none/")
    assert (unknown.status_code, unknown.json()["status"]) == (404, "not_found")
