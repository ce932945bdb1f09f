"""The commands: JSON on request, and a sentence instead of a traceback."""

import json

import pytest
from django.core.management import CommandError, call_command

from micasillero.catalog.models import PartidaArancelaria

pytestmark = pytest.mark.django_db


def told(capsys, *arguments):
    call_command(*arguments)
    return json.loads(capsys.readouterr().out)


def test_seed_prints_json(capsys):
    assert told(capsys, "seed_catalog", "--items", "40", "--json")["created"] == 40


def test_a_bad_number_is_a_sentence():
    with pytest.raises(CommandError):
        call_command("seed_catalog", "--items", "0")


def test_load_builtin_prints_json_and_may_be_repeated(capsys):
    first = told(capsys, "load_builtin_catalog", "--json")
    second = told(capsys, "load_builtin_catalog", "--json")
    assert (first["loaded"], second["loaded"]) == (True, False)
    assert second["unchanged"] == PartidaArancelaria.objects.count()
