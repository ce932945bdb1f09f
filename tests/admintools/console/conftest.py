import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from admintools.jobs import queues
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from micasillero.catalog import staging
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.reading import read
from micasillero.classification.searching import store

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}
APPLICATIONS = (
    "admintools",
    "django_celery_beat",
    "micasillero_compliance",
    "micasillero_keywords",
    "micasillero_quality",
)
SHOES, CAPS = "6404.11.00.00", "6505.00.10.00"
CSV = (
    "item_no,descripcion,descripcion_en,dai,isc,ispc,isv\n"
    "0101,Caballos,Horses,0.00,0.00,0.00,0.00\n"
    "0101.21.00.00,Caballo de raza,Purebred horse,0.05,0.00,0.00,0.15\n"
    "0101.29.00.00,Otro caballo,Other horse,0.10,0.00,0.00,0.15\n"
)


@pytest.fixture(autouse=True)
def fresh_facts(monkeypatch):
    monkeypatch.setattr(queues, "FRESH_FOR", 0.0)


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def person(db):
    """A staff user with these permissions of the console."""

    def make(*codenames, name="ana", **fields):
        user = get_user_model().objects.create_user(
            name, password="secreto-1", **{"is_staff": True, **fields}
        )
        found = Permission.objects.filter(
            content_type__app_label__in=APPLICATIONS,
            codename__in=codenames,
        )
        assert found.count() == len(codenames)
        user.user_permissions.set(found)
        return user

    return make


@pytest.fixture
def client_of():
    """A logged-in client that, like a browser, is held to CSRF only where a test says so."""

    def make(user, **options):
        client = Client(**options)
        client.force_login(user)
        return client

    return make


@pytest.fixture
def boss(db, client_of):
    """A client with every permission."""
    return client_of(get_user_model().objects.create_superuser("jefa", password="secreto-1"))


@pytest.fixture
def make_run(db):
    """A row in any state. Without a resource, so that several may be active at once."""

    def make(job="rebuild_index", status="PENDING", **fields):
        run = launch(
            job, parameters=fields.pop("parameters", None), initiator=Initiator(Source.CONSOLE)
        )
        TaskHistory.objects.filter(pk=run.pk).update(status=status, resource="", **fields)
        return TaskHistory.objects.get(pk=run.pk)

    return make


@pytest.fixture
def batch(db):
    """A staged tariff file of two lines."""
    return staging.stage([CSV.encode()], "arancel.csv", note="Decreto 1")


@pytest.fixture
def manifest(db):
    """A manifest of two lines, not searched yet."""
    return store(read("descripcion;valor\ntenis;120\ngorra;15.5\n"), name="g.csv", currency="USD")


@pytest.fixture
def shoes_and_caps(db):
    made = [
        PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, is_leaf=True, impuesto_dai="0.15", impuesto_isv="0.15"
        )
        for code, text in ((SHOES, "Calzado"), (CAPS, "Gorras"))
    ]
    return {line.item_no: line for line in made}


@pytest.fixture
def searched(manifest, shoes_and_caps):
    """The manifest as the job leaves it: tenis exact, gorra a near miss."""
    hits = [{"code": code, "description": "x", "category": "ALLOWED"} for code in (SHOES, CAPS)]
    for line, relaxed in zip(manifest.lines.in_order(), (False, True), strict=True):
        line.searched(hits, relaxed=relaxed)
        line.save()
    return manifest
