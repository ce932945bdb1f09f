"""Who may let an index go live that answers worse: asked of the person, at the form and later."""

import pytest

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from admintools.tasks.index import accepts_worse

from .conftest import HTML, JSON

REBUILD = "/admin/elasticsearch/rebuild/"
FORM = "/admin/elasticsearch/launch/rebuild_index/"
WORSE = {"accept_worse": "on"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(person):
    return person("launch_rebuild_index", "view_console", "retry_run")


@pytest.fixture
def keeper(person):
    return person("launch_rebuild_index", "override_quality_gate", name="eva")


def test_who_may_is_offered_it_and_it_is_recorded(keeper, client_of):
    client = client_of(keeper)
    assert 'type="checkbox" name="accept_worse"' in client.get(FORM).content.decode()
    assert client.post(REBUILD, WORSE, headers=JSON).status_code == 202
    run = TaskHistory.objects.get()
    assert run.parameters == {"accept_worse": True}
    assert accepts_worse(run)


def test_it_is_no_parameter_where_it_is_not_ticked(keeper, client_of):
    client_of(keeper).post(REBUILD, headers=JSON)
    assert TaskHistory.objects.get().parameters == {}


def test_who_may_not_is_not_offered_it_and_is_refused(operator, client_of):
    client = client_of(operator)
    assert 'type="checkbox" name="accept_worse"' not in client.get(FORM).content.decode()
    answer = client.post(REBUILD, WORSE, headers=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["accept_worse"])
    assert "administrador" in client.post(REBUILD, WORSE, headers=HTML).content.decode()
    assert not TaskHistory.objects.exists()


def test_who_may_not_cannot_repeat_the_run_of_somebody_who_may(
    operator, keeper, client_of, make_run
):
    run = make_run(status="FAILURE", parameters={"accept_worse": True}, initiator=keeper)
    answer = client_of(operator).post(
        f"/admin/elasticsearch/task-retry/{run.task_id}/", headers=JSON
    )
    assert answer.status_code == 400
    assert TaskHistory.objects.count() == 1


@pytest.mark.parametrize(("source", "accepted"), [(Source.SCHEDULE, False), (Source.COMMAND, True)])
def test_a_schedule_may_never_and_the_command_line_always(source, accepted):
    initiator = Initiator(source, name="x")
    run = launch("rebuild_index", parameters={"accept_worse": True}, initiator=initiator)
    assert accepts_worse(run) is accepted


def test_who_lost_the_permission_meanwhile_may_no_longer(operator):
    initiator = Initiator(Source.CONSOLE, user=operator)
    run = launch("rebuild_index", parameters={"accept_worse": True}, initiator=initiator)
    assert not accepts_worse(run)
