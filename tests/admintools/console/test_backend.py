"""Permissions in one query are the same permissions."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission, User

from admintools.console.backend import OneQueryBackend

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    user = User.objects.create_user("ana", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="cancel_run"))
    for name, codenames in {"a": ["view_console", "cancel_run"], "b": ["retry_run"]}.items():
        group = Group.objects.create(name=name)
        group.permissions.set(Permission.objects.filter(codename__in=codenames))
        user.groups.add(group)
    other = Group.objects.create(name="not hers")
    other.permissions.set(Permission.objects.filter(codename="export_runs"))
    return user


def test_own_permissions_and_those_of_every_group(user):
    assert OneQueryBackend().get_all_permissions(user) == {
        "admintools.cancel_run", "admintools.view_console", "admintools.retry_run",
    }  # fmt: skip


def test_one_query_and_only_the_first_time(user, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert user.has_perm("admintools.view_console")
        assert not user.has_perm("admintools.export_runs")


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": True}, {}])
def test_it_agrees_with_djangos_own(user, change):
    for name, value in change.items():
        setattr(user, name, value)
    user.save()
    twin = User.objects.get(pk=user.pk)
    assert OneQueryBackend().get_all_permissions(user) == ModelBackend().get_all_permissions(twin)


def test_nobody_has_none_and_objects_have_none(user):
    assert OneQueryBackend().get_all_permissions(AnonymousUser()) == set()
    assert OneQueryBackend().get_all_permissions(user, obj=user) == set()
