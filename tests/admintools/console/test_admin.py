"""The console's place in the admin, and the history as something nobody can edit."""

import pytest
from django.urls import reverse


def test_the_start_page_and_the_side_bar_lead_to_the_console(boss):
    page = boss.get("/admin/").content.decode()
    assert page.index("/admin/elasticsearch/") < page.index("/admin/auth/")
    assert "Consola de búsqueda" in page


def test_who_may_not_see_the_console_is_not_shown_it(person, client_of):
    page = client_of(person()).get("/admin/").content.decode()
    assert "/admin/elasticsearch/" not in page


def test_the_history_can_be_read_and_not_written(boss, make_run):
    run = make_run()
    changelist = reverse("admin:admintools_taskhistory_changelist")
    change = reverse("admin:admintools_taskhistory_change", args=[run.pk])
    assert boss.get(changelist).status_code == 200
    assert run.task_id in boss.get(change).content.decode()
    assert boss.post(change, {"status": "SUCCESS"}).status_code == 403
    assert boss.get(reverse("admin:admintools_taskhistory_add")).status_code == 403
    delete = reverse("admin:admintools_taskhistory_delete", args=[run.pk])
    assert boss.post(delete, {"post": "yes"}).status_code == 403
    run.refresh_from_db()
    assert run.status == "PENDING"


@pytest.mark.parametrize("path", ["auth/user/", "django_celery_beat/periodictask/", "logout/"])
def test_the_admins_own_pages_still_work(boss, path):
    answer = boss.post(f"/admin/{path}") if path == "logout/" else boss.get(f"/admin/{path}")
    assert answer.status_code == 200


def test_the_login_page_is_djangos(client, db):
    assert "id_username" in client.get("/admin/login/").content.decode()
