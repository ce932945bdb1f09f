"""From events and confirmations to keywords that wait for a person."""

from datetime import timedelta

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import Keyword, Status
from micasillero.learning.run import learn
from micasillero.learning.staff import Confirmed
from micasillero.work import SilentWork, Stopped

from .happenings import NOON, SHOES, passed_by, searched, store, told_by

pytestmark = pytest.mark.django_db
SIX = tuple("abcdef")
OTHERS = tuple(f"other {n}" for n in range(4))


@pytest.fixture(autouse=True)
def line():
    heading = PartidaArancelaria.objects.create(item_no="6404", descripcion="Calzado deportivo")
    return PartidaArancelaria.objects.create(
        item_no=SHOES, descripcion="Con suela de caucho", parent=heading, is_leaf=True
    )


@pytest.fixture(autouse=True)
def usual_elsewhere():
    """At most places little is chosen: what people choose stands out."""
    others = (f"somebody {n}" for n in range(60))
    store(passed_by(*others, query="lavadora"))


def run(confirmed=(), **options):
    told = {"since": NOON - timedelta(days=1), "run_id": "run-1", **options}
    return learn(SilentWork(), confirmed=confirmed, **told)


def chosen(query="tenis nike", people=SIX):
    store([*told_by(*people, query=query), *passed_by(*OTHERS, query=query)])


def confirmed(*people, query="burros", rank=3, code=SHOES):
    return [
        Confirmed(query, code, person, NOON.date() + timedelta(days=n), rank)
        for n, person in enumerate(people)
    ]


def only():
    return Keyword.objects.get()


def test_what_enough_people_chose_waits_for_a_person_with_its_evidence(line):
    chosen()
    assert run() == {
        "events": 76, "considered": 1, "proposed": 1, "refreshed": 0, "dropped": {},
    }  # fmt: skip
    keyword = only()
    assert (keyword.partida, keyword.text, keyword.language) == (line, "tenis nike", "es")
    assert (keyword.source, keyword.status, keyword.run_id) == ("learned", "pending", "run-1")
    customers = keyword.evidence["customers"]
    assert (customers["chose"], customers["shown"], customers["days"]) == (6, 10, 3)
    assert customers["ranks"] == {"2": 10}
    assert customers["cautious"] == pytest.approx(0.3127, abs=1e-4)
    assert customers["usual"] == pytest.approx(6 / 70, abs=1e-4)
    assert keyword.evidence["since"] == "2026-11-01"
    assert Keyword.objects.to_review().get() == keyword


def test_evidence_names_nobody():
    chosen()
    run()
    assert not {"a", "net a", "s of a"} & set(str(only().evidence).split("'"))


def test_what_too_few_people_chose_is_not_proposed():
    chosen(people=SIX[:4])
    assert run()["proposed"] == 0


def test_the_thresholds_are_settings(settings):
    settings.LEARNING_PEOPLE, settings.LEARNING_MOST_SHARE = 4, 0.5
    chosen(people=SIX[:4])
    assert run()["proposed"] == 1


def test_words_that_found_nothing_are_learned_from_what_was_chosen_then():
    for n, person in enumerate(SIX):
        store([searched("burros", person=person, day=n % 3), *told_by(person, day=n % 3)])
    assert run()["proposed"] == 2
    assert Keyword.objects.get(text="burros").evidence["customers"]["after_nothing"] == 6


def test_the_word_is_written_as_most_people_wrote_it():
    chosen("Zapatillas de Básquet", people=SIX[:4])
    chosen("zapatillas de basquet", people=SIX[4:])
    run()
    assert (only().text, only().language) == ("zapatillas de básquet", "es")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("juan@x.hn", "personal_data"),
        ("llame al •••", "personal_data"),
        ("<b>tenis", "not_plain"),
        ("www.nike.com", "address"),
        ("x", "too_short"),
        ("zapatos que sirven para jugar al tenis", "too_long"),
        ("talla xl", "says_nothing"),
        ("calzado con suela", "in_text"),
        ("tenis pirata", "blocked"),
    ],
)
def test_what_is_no_keyword_is_dropped_and_counted(settings, query, reason):
    settings.LEARNING_BLOCKED_WORDS = ["Pirata"]
    chosen(query)
    told = run()
    assert (told["proposed"], told["dropped"]) == (0, {reason: 1})


def test_codes_are_never_learned():
    chosen("6404.11")
    assert run()["considered"] == 0


def test_a_line_that_is_gone_is_named_as_the_reason(line):
    chosen()
    line.delete()
    assert run()["dropped"] == {"no_line": 1}


def test_forms_of_the_same_words_are_proposed_once():
    chosen("zapatilla nike")
    chosen("zapatillas nike")
    told = run()
    assert (told["proposed"], told["dropped"]) == (1, {"repeated": 1})
    assert only().text == "zapatilla nike"


def existing(line, **fields):
    told = {"text": "nike tenis", "language": "es", "source": "manual", "status": "approved"}
    return Keyword.objects.create(partida=line, **{**told, **fields})


def test_what_the_line_is_called_already_is_not_proposed_again(line):
    existing(line)
    chosen()
    assert run()["dropped"] == {"known": 1}


def test_rejected_stays_rejected_for_that_line(line, django_user_model):
    chosen()
    run()
    decide([only().pk], Status.REJECTED, django_user_model.objects.create_user("ana"))
    assert run(run_id="run-2")["dropped"] == {"rejected": 1}
    assert only().status == "rejected"


def test_a_word_that_waits_gets_the_evidence_of_today(line):
    keyword = existing(line, source="ai", status="pending", evidence={"reasons": ["other"]})
    chosen()
    told = run()
    assert (told["proposed"], told["refreshed"]) == (0, 1)
    keyword.refresh_from_db()
    assert keyword.evidence["reasons"] == ["other"]
    assert keyword.evidence["customers"]["chose"] == 6
    assert (keyword.run_id, run()["refreshed"]) == ("", 0)


def test_staff_count_apart_and_two_of_them_are_enough():
    assert run(confirmed(1, 2))["proposed"] == 1
    assert only().evidence["staff"] == {"people": 2, "times": 2, "days": 2}
    assert "customers" not in only().evidence


def test_what_customers_chose_is_told_beside_what_staff_confirmed():
    chosen(people=SIX[:2])
    run(confirmed(1, 2, query="Tenis Nike"))
    assert only().evidence["staff"]["people"] == 2
    assert only().evidence["customers"]["chose"] == 2


@pytest.mark.parametrize(
    "rows",
    [
        confirmed(1, 1),
        [row._replace(day=NOON.date()) for row in confirmed(1, 2)],
        confirmed(1, 2, rank=1),
        confirmed(1, 2, query="6404.11"),
    ],
    ids=["one person", "one day", "found first as it is", "a code"],
)
def test_staff_are_not_enough(rows):
    assert run(rows)["considered"] == 0


def test_what_staff_found_nowhere_counts():
    assert run(confirmed(1, 2, rank=None))["proposed"] == 1


class Cancelled(SilentWork):
    def __init__(self, phase):
        self.phase, self.reached = phase, ""

    def report(self, done, total=None, message="", *, phase="", **params):
        self.reached = phase

    def should_stop(self):
        return self.reached == self.phase


@pytest.mark.parametrize("phase", ["count", "weigh"])
def test_a_cancelled_run_proposes_nothing(phase):
    chosen()
    with pytest.raises(Stopped):
        learn(Cancelled(phase), since=NOON - timedelta(days=1))
    assert not Keyword.objects.exists()


class Lost(SilentWork):
    def confirm(self):
        raise RuntimeError("another worker has it")


def test_a_worker_that_lost_the_run_writes_nothing():
    chosen()
    with pytest.raises(RuntimeError):
        learn(Lost(), since=NOON - timedelta(days=1))
    assert not Keyword.objects.exists()
