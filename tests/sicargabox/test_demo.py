"""What the demo prepares: somebody to log in as, and something to index."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword
from sicargabox import demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(tmp_path: Path):
    demo.staff_access(tmp_path)
    return get_user_model().objects.get(username="staff")


def test_the_staff_user_reaches_the_console_and_may_launch(user, client) -> None:
    client.force_login(user)
    assert client.get(reverse("admin:console_home")).status_code == 200
    assert user.has_perm("admintools.launch_rebuild_index")


def test_the_staff_user_may_not_change_users(user, client) -> None:
    assert not user.is_superuser
    client.force_login(user)
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_the_password_is_random_and_kept_private(user, tmp_path: Path) -> None:
    kept = tmp_path / "demo-password"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(kept.read_text()) >= 12
    assert user.check_password(kept.read_text())


def test_a_second_start_keeps_user_and_password(tmp_path: Path) -> None:
    first = demo.staff_access(tmp_path)
    second = demo.staff_access(tmp_path)
    assert first == second
    assert get_user_model().objects.filter(username="staff").count() == 1
    assert get_user_model().objects.get(username="staff").check_password(first.password)


def test_a_password_that_somebody_changed_stays_theirs(user, tmp_path: Path) -> None:
    user.set_password("my own choice")
    user.save()
    assert demo.staff_access(tmp_path).password is None
    assert get_user_model().objects.get(username="staff").check_password("my own choice")


def test_without_the_kept_password_there_is_a_new_one(user, tmp_path: Path) -> None:
    before = (tmp_path / "demo-password").read_text()
    (tmp_path / "demo-password").unlink()
    after = demo.staff_access(tmp_path).password
    assert after and after != before
    assert get_user_model().objects.get(username="staff").check_password(after)


def test_an_empty_table_gets_the_built_in_catalogue() -> None:
    assert demo.load_catalogue_if_empty()
    assert PartidaArancelaria.objects.count() >= 300
    assert Keyword.objects.filter(partida__item_no__startswith="6404.11", text="tenis").exists()


def test_a_table_that_has_a_line_stays_as_it_is() -> None:
    line = PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="Calzado")
    assert not demo.load_catalogue_if_empty()
    assert PartidaArancelaria.objects.get() == line
