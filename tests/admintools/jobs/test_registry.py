import pytest
from django.core.exceptions import ImproperlyConfigured

from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import JobDefinition, Phase, Registry, UnknownJob, registry


def job(**changes):
    values = {
        "slug": "one",
        "label": "One",
        "summary": "",
        "wire_name": "admintools.tasks.one",
        "queue": "celery",
    }
    return JobDefinition(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"queue": "nowhere"}, "no queue is called 'nowhere'"),
        ({"slug": "not a name"}, "must be an identifier"),
        ({"wire_name": "elsewhere.one"}, "must start"),
        ({"wire_name": "admintools.tasks."}, "must start"),
        ({"attempts": 0}, "start at 1"),
        ({"form": "admintools.console.launch.forms.NoForm"}, "no 'admintools.console.*NoForm'"),
        ({"preview": "nowhere.at_all"}, "no 'nowhere.at_all'"),
        ({"ended": "nowhere.at_all"}, "no 'nowhere.at_all'"),
        ({"phases": (Phase("a", "A"), Phase("a", "B"))}, "two phases"),
    ],
)
def test_a_definition_that_cannot_work_is_refused(changes, complaint):
    with pytest.raises(ImproperlyConfigured, match=complaint):
        Registry().add(job(**changes))


@pytest.mark.parametrize("double", [{"wire_name": "admintools.tasks.two"}, {"slug": "two"}])
def test_a_second_job_of_the_same_name_is_refused_and_changes_nothing(double):
    jobs = Registry()
    jobs.add(job())
    with pytest.raises(ImproperlyConfigured, match="exists already"):
        jobs.add(job(slug="three", wire_name="admintools.tasks.three"), job(**double))
    assert [j.slug for j in jobs] == ["one"]


def test_two_bodies_for_one_task_are_refused():
    jobs = Registry()
    jobs.add_body("admintools.tasks.one", lambda work: {})
    with pytest.raises(ImproperlyConfigured, match="Two bodies"):
        jobs.add_body("admintools.tasks.one", lambda work: {})


def test_an_unknown_job_names_the_known_ones():
    jobs = Registry()
    jobs.add(job())
    with pytest.raises(UnknownJob, match="Known jobs: one"):
        jobs.get("two")


def test_the_jobs_of_this_product_carry_their_fixed_names():
    assert {(j.slug, j.wire_name, j.queue) for j in registry if not j.slug.startswith("trial")} == {
        ("rebuild_index", "admintools.tasks.rebuild_elasticsearch_index", "elasticsearch"),
        ("rollback_index", "admintools.tasks.rollback_elasticsearch_index", "elasticsearch"),
        ("generate_keywords", "admintools.tasks.generate_ai_keywords", "ai_generation"),
        ("classify_manifest", "admintools.tasks.classify_manifest", "celery"),
        ("compare_providers", "admintools.tasks.compare_providers", "ai_generation"),
        ("learn_keywords", "admintools.tasks.learn_keywords", "learning"),
        ("accept_keywords", "admintools.tasks.accept_keywords", "elasticsearch"),
        ("evaluate_search", "admintools.tasks.evaluate_search", "elasticsearch"),
        ("import_catalog", "admintools.tasks.import_catalog", "celery"),
        ("undo_import", "admintools.tasks.undo_import", "celery"),
        ("cleanup", "admintools.tasks.cleanup", "celery"),
        ("collect_statistics", "admintools.tasks.collect_statistics", "celery"),
        ("check_runs", "admintools.tasks.check_runs", "celery"),
    }


def test_the_jobs_that_exclude_each_other_share_a_resource():
    slugs = ("rebuild_index", "rollback_index", "import_catalog", "undo_import", "accept_keywords")
    assert len({registry.get(slug).resource for slug in slugs}) == 1


def test_every_job_has_a_body_and_a_permission():
    permissions = {name for name, _ in TaskHistory._meta.permissions}
    assert not registry.bodiless()
    for definition in registry:
        if not definition.slug.startswith("trial"):
            assert definition.permission.removeprefix("admintools.") in permissions


def test_a_rollback_is_never_repeated_by_itself():
    """A second one would undo the first."""
    rollback = registry.get("rollback_index")
    assert (rollback.attempts, rollback.losses) == (1, 1)
