"""The groups of permissions: made once, completed later, and what a person added stays."""

import io
import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from admintools.console.management.commands.create_groups import GROUPS
from admintools.jobs.models import TaskHistory

pytestmark = pytest.mark.django_db
READ, OPERATE, ADMINISTER = GROUPS


def create(*options):
    out = io.StringIO()
    call_command("create_groups", "--json", *options, stdout=out)
    return {group["group"]: group for group in json.loads(out.getvalue())["groups"]}


def held(group):
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def permission(codename):
    return Permission.objects.get(codename=codename)


def test_three_groups_each_with_more_than_the_one_before():
    told = create()
    assert all(group["created"] for group in told.values())
    assert held(READ) < held(OPERATE) < held(ADMINISTER)


def test_readers_change_nothing():
    create()
    assert {codename.partition("_")[0] for codename in held(READ)} == {"view"}


def test_operators_launch_cancel_and_retry_but_do_not_turn_back():
    create()
    assert {"launch_rebuild_index", "cancel_run", "retry_run", "export_runs"} <= held(OPERATE)
    assert not held(OPERATE) & {"launch_rollback_index", "launch_undo_import", "pause_queue"}


def test_the_administrators_hold_every_permission_of_the_console():
    create()
    everything = {codename for codename, _name in TaskHistory._meta.permissions}
    assert everything <= held(ADMINISTER)


def test_a_member_may_do_what_the_group_may(person, client_of):
    create()
    user = person()
    assert client_of(user).get("/admin/elasticsearch/").status_code == 403
    user.groups.add(Group.objects.get(name=READ))
    assert client_of(user).get("/admin/elasticsearch/").status_code == 200


def test_a_second_time_changes_nothing():
    create()
    before = {name: held(name) for name in GROUPS}
    again = create()
    assert {name: held(name) for name in GROUPS} == before
    assert not any(g["created"] or g["added"] or g["removed"] for g in again.values())
    assert Group.objects.filter(name__in=GROUPS).count() == 3


def test_what_is_missing_is_added_to_a_group_that_exists():
    create()
    group = Group.objects.get(name=OPERATE)
    group.permissions.remove(permission("cancel_run"))
    assert create()[OPERATE]["added"] == ["admintools.cancel_run"]
    assert "cancel_run" in held(OPERATE)


def test_what_an_administrator_added_stays():
    create()
    Group.objects.get(name=READ).permissions.add(permission("cancel_run"))
    assert create()[READ]["kept_by_hand"] == ["admintools.cancel_run"]
    assert "cancel_run" in held(READ)


def test_unless_it_is_asked_for():
    create()
    Group.objects.get(name=READ).permissions.add(permission("cancel_run"))
    assert create("--reset")[READ]["removed"] == ["admintools.cancel_run"]
    assert "cancel_run" not in held(READ)


def test_a_dry_run_says_the_same_and_writes_nothing():
    planned = create("--dry-run")
    assert not Group.objects.filter(name__in=GROUPS).exists()
    assert create() == planned
    Group.objects.get(name=READ).permissions.set([permission("cancel_run")])
    create("--dry-run", "--reset")
    assert held(READ) == {"cancel_run"}


def test_other_groups_are_left_alone():
    other = Group.objects.create(name="Bodega")
    other.permissions.add(permission("cancel_run"))
    create("--reset")
    assert held("Bodega") == {"cancel_run"}


def test_a_permission_that_does_not_exist_stops_it_before_anything_is_written():
    permission("pause_queue").delete()
    with pytest.raises(CommandError, match=r"admintools\.pause_queue") as refused:
        create()
    assert refused.value.returncode == 1
    assert not Group.objects.filter(name__in=GROUPS).exists()


def test_a_person_reads_a_line_for_each_group():
    out = io.StringIO()
    call_command("create_groups", stdout=out)
    assert [line.partition(":")[0] for line in out.getvalue().splitlines()] == ["Consola"] * 3
