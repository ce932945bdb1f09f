"""Texts that a page must show and never obey, and an installation with one in every field."""

import csv
import io
import json
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from admintools.jobs.models import Attempt, Dismissal, LogLine, ProcessBeat, QueuePause, TaskHistory
from admintools.jobs.schedules import LAUNCHER
from admintools.notify.kinds import Kind
from admintools.notify.models import Delivery, Notice, Subscription, UnservedQueue
from api.models import ApiClient
from micasillero.catalog import staging
from micasillero.catalog.models import ImportBatch, ImportChange, PartidaArancelaria
from micasillero.classification.confirming import confirm_lines
from micasillero.classification.models import LineState, Manifest, ManifestLine
from micasillero.compliance.models import Alert, Rule
from micasillero.events.models import Event, RawBatch, RejectedEvent
from micasillero.generation.models import (
    Account,
    Charge,
    GenerationRun,
    ModelComparison,
    PaidAnswer,
)
from micasillero.keywords.models import Keyword
from micasillero.quality.evaluate import MEASURES, Evaluation, Outcome
from micasillero.quality.evaluations import keep
from micasillero.quality.models import AskedQuery, QueryJudgment

# What none of our pages has, so that finding it says where it came from.
ELEMENT, ATTRIBUTE, COMPUTED = "hostile-tag", "onhostile", "7000007"
TEXTS = {
    "markup": "</script></textarea></title>--><hostile-tag onhostile=1>{{ 7|add:7000000 }}",
    "quotes": "\"' onhostile=\"1\" onhostile='1' `",
    "right to left": "\u202e\u2067gpj.exe\u2069\u200f \u05d0",
    "control": "a\x01\x08\x0b\x0c\x1b[31m\x7f\x85\u2028b\r\nc\td",
    "long word": "W" * 190,
    "formula": '=HYPERLINK("http://evil.example";1+1)|\'+-@',
    "format": "%(missing)s %s %d %% {0} {} &lt;b&gt; &amp;",
}
LATER = timedelta(days=1)


def installation(text: str, user: Any) -> dict[str, Any]:
    """Rows with the text in every field that a person or another system can write.

    Returns what stands in addresses: runs, batches, the schedule, the line.
    """
    runs = [_run(status, text, user) for status in ("FAILURE", "SUCCESS", "REVOKED", "RETRY")]
    every = IntervalSchedule.objects.create(every=1, period="days")
    schedule = PeriodicTask.objects.create(
        name=text[:200], task=LAUNCHER, interval=every, description=text, enabled=False,
        kwargs=json.dumps({"job": "cleanup", "parameters": {text: text}}),
    )  # fmt: skip
    PeriodicTask.objects.create(name=f"{text[:190]} 2", task=text[:200], interval=every, args=text)
    ProcessBeat.objects.create(
        name="worker", instance=text[:200], queues=["learning", text], beat_at=timezone.now()
    )
    QueuePause.objects.create(queue="learning", paused_by=text[:200], reason=text[:300])
    user.groups.add(Group.objects.create(name=text[:150]))
    LogEntry.objects.create(
        user=user, action_flag=CHANGE, object_repr=text[:200], change_message=text
    )
    staged, applied = _batch(text, user), _batch(text, user)
    line = _applied(applied, text)
    keyword = Keyword.objects.create(
        partida=line, text=text[:60], language="es", source="manual", evidence={text: text},
        provider=text[:20], model=text[:80], prompt_version=text[:20], run_id=text[:36],
        decided_by=user, decided_at=timezone.now(),
    )  # fmt: skip
    manifest = _manifest(text, user, line)
    waiting = _waiting_run(text, user, keyword)
    UnservedQueue.objects.create(queue="events", since=timezone.now())
    return {
        **_notifications(text, user),
        "manifest": manifest,
        "runs": runs,
        "batches": [staged, applied],
        "schedule": schedule,
        "line": line,
        "keyword": keyword,
        **_quality(text, user),
        "comparison": _generation(text, runs[1].task_id),
        "waiting": waiting,
        "rule": _alert(text, user).rule,
        "client": _events(text),
    }


def _notifications(text: str, user: Any) -> dict[str, Any]:
    """A webhook that was switched off, and a digest of every kind that did not arrive there."""
    now = timezone.now()
    subscription = Subscription.objects.create(
        user=user, events=["alert", text], jobs=["cleanup", text], channel="webhook",
        address=text[:500], enabled=False, off_reason=text, language="en",
    )  # fmt: skip
    delivery = Delivery.objects.create(
        subscription=subscription, state="dead", planned_for=now, ended_at=now,
        error_code=text[:60], error_message=f"{text} %(a)s", error_params={"a": text},
    )  # fmt: skip
    names = ("title", "text", "who", "job", "error", "since", "queue")
    about = {**dict.fromkeys(names, text), "error_params": {"a": text}, "fell": [text]}
    for kind in Kind:
        Notice.objects.create(
            subscription=subscription, delivery=delivery, key=f"{kind}{text}"[:200], kind=kind,
            about=about, link=text[:500], at=now,
        )  # fmt: skip
    return {"subscription": subscription, "delivery": delivery}


def _alert(text: str, user: Any) -> Alert:
    """One that a person has closed, and its rule."""
    rule = Rule.objects.create(
        name=text[:80], category="PROHIBITED", severity=4, patterns=text, exceptions=text,
        reason=text, authority=text[:200], shipped=text[:60], enabled=False,
        changed_at=timezone.now(), changed_by=user,
    )  # fmt: skip
    return Alert.objects.create(
        rule=rule, key=uuid.uuid4(), severity=4, category="PROHIBITED", event_type="search",
        client=text[:60], person=text[:22], text=text[:500], found=text[:500], count=1,
        last_at=timezone.now(), note=text[:500], state="closed", closed_by=user,
        closed_at=timezone.now(),
    )  # fmt: skip


def _events(text: str) -> ApiClient:
    """A batch that was given up, an event that was refused, one that was stored, and who sent."""
    now = timezone.now()
    said = {"error_code": text[:60], "error_message": text, "traceback": text}
    batch = RawBatch.objects.create(
        client=text[:60], events=[{text: text}], size=1, state="dead", finished_at=now, **said
    )
    RejectedEvent.objects.create(batch=batch, client=text[:60], event={text: text}, **said)
    Event.objects.create(
        batch=batch, event_id=text[:64], client=text[:60], type="declaration", occurred_at=now,
        received_at=now, session=text[:22], person=text[:22], network=text[:22], query=text[:200],
        code=text[:20], codes=[text], description=text[:500],
    )  # fmt: skip
    run = TaskHistory.objects.filter(status="FAILURE").first() or TaskHistory.objects.first()
    Dismissal.objects.create(run=run, by=text[:200])
    return ApiClient.objects.create(name=text[:60], digest=text[:64], shown=text[:20])


def _waiting_run(text: str, user: Any, keyword: Keyword) -> GenerationRun:
    """A run that waits for a decision, with this keyword in its sample."""
    return GenerationRun.objects.create(
        run_id="generation-1", provider=text[:20], model=text[:80], prompt_version=text[:20],
        state="waiting", counts={"lines": 1, "dropped": {text: 1}}, sample=[keyword.pk],
        quality={"before": {text: text}}, decided_by=user,
    )  # fmt: skip


def _quality(text: str, user: Any) -> dict[str, Any]:
    """A judged query, what an evaluation made of it, and one that found nothing today."""
    now = timezone.now()
    judgment = QueryJudgment.objects.create(
        name=text[:40], query=text[:200], type="es", area=text[:40], relevant=[text],
        best=[text], edited_at=now, edited_by=user,
    )  # fmt: skip
    outcome = Outcome(
        text[:40], text, text, (text,), None, False, 1.0, dict.fromkeys(MEASURES, 0.0)
    )
    evaluation = keep(Evaluation((outcome,), (text,)), engine=text[:20], index=text[:200],
                      run_id=text[:36])  # fmt: skip
    asked = AskedQuery.objects.create(
        folded=text[:200], text=text[:200], times=1, without=1, first_at=now, last_at=now
    )
    for person in ("ana", "beto", "carla"):
        Event.objects.create(
            event_id=person, client=text[:60], type="search", occurred_at=now, received_at=now,
            session=person, person=person, query=text[:200], results=0,
        )  # fmt: skip
    return {"judgment": judgment, "evaluation": evaluation, "asked": asked}


def _generation(text: str, compared: str) -> ModelComparison:
    """What a model answered, what it cost, and a comparison; a run of a job compared."""
    GenerationRun.objects.create(
        run_id=compared, provider=text[:20], model=text[:80], prompt_version=text[:20],
        counts={text: 1}, sample=[text], quality={text: text},
    )  # fmt: skip
    PaidAnswer.objects.create(
        key=text[:64], provider=text[:20], model=text[:80], prompt_version=text[:20],
        data={text: text}, input_tokens=1, output_tokens=1, cost_micros=1, seconds=1.0,
    )  # fmt: skip
    Account.objects.create(name=text[:50])
    Charge.objects.create(account=text[:50], month=text[:7], reserved_micros=1)
    term = {"text": text, "language": text, "verdict": text, "reasons": [text]}
    terms = {"terms": [{**term, "verdict": v} for v in ("passed", "doubtful", text)]}
    line = {"code": text, "description": text, "sides": [{**terms, "refused": text}] * 2}
    sides = [side(model=text, provider=text)] * 2
    return ModelComparison.objects.create(
        run_id=compared, sides=sides, lines=[line], queries=1, covered_before=0
    )


def side(**other: Any) -> dict[str, Any]:
    """The figures of one model in a comparison, as comparing.compare keeps them."""
    figures = ("lines", "answered", "refused", "reused", "cost_micros", "tokens", "seconds",
               "suggested", "passed", "doubtful", "dropped", "queries")  # fmt: skip
    return {"provider": "openai", "model": "m", **dict.fromkeys(figures, 1), **other}


def _run(status: str, text: str, user: Any) -> TaskHistory:
    now = timezone.now()
    over = status != "RETRY"
    failed = status in ("FAILURE", "RETRY")
    run = TaskHistory.objects.create(
        job="rebuild_index" if over else text[:60], task_name=text[:100],
        queue="elasticsearch",
        status=status, parameters={"note": text, text: [text]}, message=f"{text} %(a)s",
        message_params={"a": text}, worker=text[:200], initiated_by=text[:200], initiator=user,
        started_at=now, finished_at=now if over else None, next_attempt_at=now + LATER,
        result={"index": text, "documents": text, text: text} if status == "SUCCESS" else None,
        error_code=text[:60] if failed else "", error_message=text if failed else "",
        error_params={"a": text} if failed else {}, traceback=text if failed else "",
        cancel_requested_by=text[:200], phase="index" if over else text[:60],
        timeline=[{"slug": text}],
        publications=1, published_at=now,
    )  # fmt: skip
    Attempt.objects.create(run=run, number=1, epoch=1, worker=text[:200], error=text)
    for level in LogLine.Level:
        LogLine.objects.create(
            run=run, at=now, level=level, text=f"{text} %(a)s", params={"a": text},
            item=text[:200] if level == "error" else "", code=text[:60] if level == "error" else "",
        )  # fmt: skip
    return run


def _batch(text: str, user: Any) -> ImportBatch:
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(["item_no", "descripcion", "descripcion_en", "dai", "isc", "ispc", "isv"])
    writer.writerow(["0101", text, text, "0.00", "0.00", "0.00", "0.00"])
    writer.writerow(["0101.21.00.00", text, text, "0.05", "0.00", "0.00", "0.15"])
    writer.writerow([text, text, text, text, text, text, text])
    return staging.stage([rows.getvalue().encode()], text, user=user, note=text[:500])


def _applied(batch: ImportBatch, text: str) -> PartidaArancelaria:
    """The batch as if applied; written by hand, since an import refuses some of the texts."""
    line = PartidaArancelaria.objects.create(
        item_no="0101.29.00.00", descripcion=text, descripcion_en=text, category_reason=text,
        permit_authority=text[:200], is_leaf=True,
    )  # fmt: skip
    values = {"descripcion": text, "descripcion_en": text}
    for kind in ImportChange.Kind:
        ImportChange.objects.create(
            batch=batch, partida_id=line.pk, item_no=text[:20], kind=kind,
            before=values, after={**values, "dai": "0.05"},
        )  # fmt: skip
    skipped = [{"row": 3, "code": text, "reason": text}]
    summary = {"created": 1, "updated": 1, "removed": 1, "skipped": 1, "skipped_rows": skipped}
    ImportBatch.objects.filter(pk=batch.pk).update(
        status=ImportBatch.Status.APPLIED, applied_at=timezone.now(), summary=summary
    )
    return line


def _manifest(text: str, user: Any, line: PartidaArancelaria) -> Manifest:
    """With a line in every state, and what was confirmed."""
    manifest = Manifest.objects.create(name=text[:255], created_by=user)
    hit = {"code": line.item_no, "description": text, "category": "ALLOWED"}
    for position, state in enumerate(LineState, start=1):
        goods = ManifestLine.objects.create(
            manifest=manifest, position=position, text=text[:500], state=state, hits=[hit],
        )  # fmt: skip
    confirm_lines(user, manifest, {goods: line})
    return manifest


def superuser(text: str) -> Any:
    """A superuser with the text in every name."""
    return get_user_model().objects.create_superuser(
        text[:150],
        email=text[:254],
        password="secreto-1",
        first_name=text[:150],
        last_name=text[:150],
    )
