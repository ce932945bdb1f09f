"""No page of ours needs an inline script, style or handler; the policy forbids them."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from admintools.jobs.models import LogLine

from .quality_rows import asked, kept

HANDLERS = ("onclick", "onload", "onerror", "onsubmit", "onchange", "onfocus")


class Inline(HTMLParser):
    """Collects what the policy would block."""

    def __init__(self):
        super().__init__()
        self.found = []
        self._script = False

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        # A data block is not run, so the policy lets it be.
        data = names.get("type") == "application/json"
        self._script = tag == "script" and "src" not in names and not data
        if tag == "style" or "style" in names:
            self.found.append(f"<{tag} style>")
        self.found += [f"<{tag} {name}>" for name in names if name in HANDLERS or name[:2] == "on"]
        if str(names.get("href", "")).startswith("javascript:"):
            self.found.append(f"<{tag} javascript:>")

    def handle_data(self, data):
        if self._script and data.strip():
            self.found.append(f"script: {data[:40]}")

    def handle_endtag(self, tag):
        self._script = False


def blocked(page):
    parser = Inline()
    parser.feed(page)
    return parser.found


def test_the_parser_finds_what_it_should():
    page = (
        '<p style="x" onclick="y"></p><script>z()</script><style>a{}</style><a href="javascript:1">'
    )
    assert len(blocked(page)) == 5


@pytest.fixture
def pages(boss, make_run, batch, manifest):
    run = make_run(job="cleanup", status="PROGRESS", epoch=1, started_at=timezone.now(), total=9)
    failed = make_run(
        job="cleanup", status="FAILURE", epoch=1, error_code="x", error_message="No", traceback="T"
    )
    done = make_run(status="SUCCESS", epoch=1, result={"documents": 3})
    LogLine.objects.create(run=run, at=timezone.now(), text="line", level="error")
    names = [
        ("console_home",), ("console_tasks",), ("console_review",),
        ("console_import",), ("index",),
        ("console_import_preview", batch.pk), ("console_launch", "rebuild_index"),
        ("console_launch", "rollback_index"), ("console_launch", "cleanup"),
        ("console_classify",), ("console_classify_hits",), ("console_classify_line",),
        ("console_classify_taxes",), ("console_classify_why",), ("console_manifests",),
        ("console_manifest", manifest.pk),
        ("console_launch_preview", "cleanup"), ("console_run_log", run.task_id),
        ("console_run", run.task_id),
        ("console_run", failed.task_id), ("console_run", done.task_id),
        ("console_dashboard",), ("console_quality",), ("console_evaluation", kept(a=1, b=None).pk),
        ("console_quality_compare",), ("console_asked", asked().pk),
        ("console_run", "unknown"), ("admintools_taskhistory_changelist",),
        ("admintools_taskhistory_change", run.pk), ("auth_user_changelist",),
        ("MiCasillero_partidaarancelaria_add",), ("django_celery_beat_periodictask_add",),
    ]  # fmt: skip
    return {name: boss.get(reverse(f"admin:{name[0]}", args=name[1:])) for name in names}


def test_no_page_carries_anything_inline(pages):
    for name, answer in pages.items():
        assert blocked(answer.content.decode()) == [], name


def test_every_page_comes_with_the_policy(pages):
    for name, answer in pages.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, name
        assert "unsafe" not in policy, name
