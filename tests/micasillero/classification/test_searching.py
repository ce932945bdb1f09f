"""The lines of a manifest: stored, searched in portions, chosen by a person."""

import uuid

import pytest
from django.contrib.auth import get_user_model

from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification import searching
from micasillero.classification.confirming import (
    AnotherPress,
    Choice,
    confirm,
    confirm_lines,
    first_hits,
    withdraw_lines,
)
from micasillero.classification.models import Classification, LineState
from micasillero.classification.reading import read
from micasillero.classification.searching import classify, store
from micasillero.quality.models import AskedQuery
from micasillero.search.intent import Hit
from micasillero.search.query import SearchAnswer
from micasillero.work import SilentWork, Stopped, TryAgain, WorkError

pytestmark = pytest.mark.django_db

SHOES, CAPS = "6404.11.00.00", "6505.00.10.00"


@pytest.fixture
def ana():
    return get_user_model().objects.create_user("ana")


@pytest.fixture
def partidas():
    made = [
        PartidaArancelaria.objects.create(item_no=code, descripcion=text, is_leaf=True)
        for code, text in ((SHOES, "Calzado"), (CAPS, "Gorras"))
    ]
    return {line.item_no: line for line in made}


@pytest.fixture
def answers(monkeypatch):
    """What the search says, by text, (codes, relaxed); an exception is raised. No index here."""
    said = {}

    def search(text, k):
        answer = said.get(text, ([], False))
        if isinstance(answer, Exception):
            raise answer
        hits = [Hit(code, "x", 1.0, "ALLOWED", {}) for code in answer[0][:k]]
        return SearchAnswer(text, answer[1], hits)

    monkeypatch.setattr(searching, "search", search)
    return said


class Watched(SilentWork):
    def __init__(self, resumed_from=0, stop_after=None):
        self.resumed_from, self.kept, self.reports = resumed_from, [], []
        self._stop_after = stop_after

    def report(self, done, total=None, message="", *, phase="", **params):
        self.reports.append((done, total))

    def keep(self, done):
        self.kept.append(done)

    def should_stop(self):
        return self._stop_after is not None and len(self.reports) >= self._stop_after


def manifest_of(text, user=None):
    return store(read(text), name="guía 1", currency="USD", user=user)


def states(manifest):
    return [line.state for line in manifest.lines.in_order()]


def test_each_line_gets_its_hits_and_the_run_counts(answers):
    manifest = manifest_of("tenis\nnada\n")
    answers["tenis"] = ([SHOES, CAPS], True)
    work = Watched()
    told = classify(work, manifest_id=manifest.pk, run_id="r1")
    assert told == {"manifest": manifest.pk, "classified": 2, "found": 1, "not_found": 1}
    assert states(manifest) == [LineState.FOUND, LineState.NOT_FOUND]
    first = manifest.lines.in_order()[0]
    assert ([hit["code"] for hit in first.hits], first.relaxed) == ([SHOES, CAPS], True)
    assert work.reports == [(1, 2), (2, 2)]
    manifest.refresh_from_db()
    assert manifest.run_id == "r1"


def test_what_a_manifest_asked_is_counted_as_asked(answers):
    classify(Watched(), manifest_id=manifest_of("tenis\nnada\n").pk)
    assert set(AskedQuery.objects.values_list("text", "without")) == {("tenis", 1), ("nada", 1)}


def test_another_attempt_goes_on_after_what_was_stored(answers, monkeypatch):
    monkeypatch.setattr(searching, "PORTION", 2)
    manifest = manifest_of("a1\na2\na3\n")
    answers["a3"] = TryAgain("away")
    with pytest.raises(TryAgain):
        classify(Watched(), manifest_id=manifest.pk)
    assert states(manifest) == [LineState.NOT_FOUND, LineState.NOT_FOUND, LineState.PENDING]
    answers.update({"a1": WorkError("again", "searched again"), "a3": ([SHOES], False)})
    work = Watched(resumed_from=2)
    assert classify(work, manifest_id=manifest.pk)["classified"] == 3
    assert (work.reports, work.kept) == ([(3, 3)], [3])


def test_a_cancel_stops_between_two_lines_and_keeps_the_portions(answers, monkeypatch):
    monkeypatch.setattr(searching, "PORTION", 1)
    manifest = manifest_of("a1\na2\na3\n")
    with pytest.raises(Stopped):
        classify(Watched(stop_after=2), manifest_id=manifest.pk)
    assert states(manifest)[2] == LineState.PENDING


def test_a_choice_made_meanwhile_is_not_searched_over(answers, ana, partidas, monkeypatch):
    manifest = manifest_of("tenis\n")
    asked = searching.search

    def search(text, k):
        confirm_lines(ana, manifest, {manifest.lines.get(): partidas[CAPS]})
        return asked(text, k)

    monkeypatch.setattr(searching, "search", search)
    classify(Watched(), manifest_id=manifest.pk)
    assert (manifest.lines.get().state, manifest.lines.get().code) == (LineState.CONFIRMED, CAPS)


def test_a_manifest_that_is_gone_is_said_so():
    with pytest.raises(WorkError) as caught:
        classify(Watched(), manifest_id=99)
    assert caught.value.code == "no-manifest"


def test_a_confirmed_line_keeps_who_what_and_the_rank(answers, ana, partidas):
    manifest = manifest_of("descripcion;valor\ntenis;120\n")
    answers["tenis"] = ([CAPS, SHOES], False)
    classify(Watched(), manifest_id=manifest.pk)
    confirm_lines(ana, manifest, {manifest.lines.get(): partidas[SHOES]})
    kept = Classification.objects.get()
    assert (kept.user, kept.query, kept.code, kept.rank, kept.shown) == (ana, "tenis", SHOES, 2, 2)
    assert (kept.cif, kept.currency) == (120, "USD")


def test_a_later_choice_takes_the_place_of_the_first(answers, ana, partidas):
    manifest = manifest_of("tenis\n")
    confirm_lines(ana, manifest, {manifest.lines.get(): partidas[SHOES]})
    confirm_lines(ana, manifest, {manifest.lines.get(): partidas[CAPS]})
    assert Classification.objects.get().code == manifest.lines.get().code == CAPS
    assert Classification.objects.get().rank is None


def test_only_plain_lines_are_accepted_unseen(answers, partidas):
    """Exact, and free to be carried today: not when it was searched."""
    manifest = manifest_of("exact\nnear\nnothing\nrestricted\ngone\n")
    answers.update(
        exact=([SHOES], False), near=([SHOES], True), restricted=([CAPS], False),
        gone=(["9999.00.00.00"], False),
    )  # fmt: skip
    classify(Watched(), manifest_id=manifest.pk)
    PartidaArancelaria.objects.filter(item_no=CAPS).update(courier_category="RESTRICTED")
    assert [line.text for line in first_hits(manifest.lines.plain())] == ["exact"]


@pytest.mark.parametrize(("hits", "state"), [([SHOES], "found"), ([], "not_found")])
def test_a_withdrawn_line_waits_again_and_nothing_starts_from_it(
    answers, ana, partidas, hits, state
):
    manifest = manifest_of("tenis\n")
    answers["tenis"] = (hits, False)
    classify(Watched(), manifest_id=manifest.pk)
    confirm_lines(ana, manifest, {manifest.lines.get(): partidas[CAPS]})
    withdraw_lines(manifest.lines.all())
    line = manifest.lines.get()
    assert (line.state, line.code, line.partida) == (state, "", None)
    assert not Classification.objects.exists()


def test_the_same_press_twice_is_one_confirmation(ana, partidas):
    press = uuid.uuid4()
    choice = Choice("tenis", partidas[SHOES], rank=1, shown=10)
    (first, new), (second, new_again) = (confirm(ana, choice, press) for _time in range(2))
    assert (first, new, new_again) == (second, True, False)
    assert Classification.objects.count() == 1


def test_another_press_of_the_same_goods_is_another_confirmation(ana, partidas):
    choice = Choice("tenis", partidas[SHOES])
    confirm(ana, choice, uuid.uuid4())
    confirm(ana, choice, uuid.uuid4())
    assert Classification.objects.count() == 2


def test_a_press_of_an_old_page_for_another_line_is_refused(ana, partidas):
    press = uuid.uuid4()
    confirm(ana, Choice("tenis", partidas[SHOES]), press)
    with pytest.raises(AnotherPress):
        confirm(ana, Choice("tenis", partidas[CAPS]), press)


def test_a_confirmation_outlives_its_line(ana, partidas):
    confirm(ana, Choice("tenis", partidas[SHOES]), uuid.uuid4())
    partidas[SHOES].delete()
    kept = Classification.objects.get()
    assert (kept.partida, kept.code) == (None, SHOES)
