"""`manage.py create_api_client`: a client of the API and its token."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from api.models import ApiClient


class Command(BaseCommand):
    help = (
        "Makes a client of the API and prints its token, which is shown this once. Exit codes: "
        "0 success, 1 there is such a client already (--renew gives it a new token), 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--renew", action="store_true", help=_("a new token for an old client"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))

    def handle(self, *args: Any, name: str, renew: bool, **options: Any) -> None:
        client = ApiClient.objects.filter(name=name).first()
        if client and not renew:
            told = _("There is a client %(name)s already; --renew gives it a new token.")
            raise CommandError(told % {"name": name})
        if renew and not client:
            raise CommandError(_("There is no client %(name)s.") % {"name": name})
        client = client or ApiClient(name=name)
        try:
            client.clean_fields(exclude=["digest", "shown"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        token = client.renew()
        if options["json"]:
            self.stdout.write(json.dumps({"name": name, "token": token}))
        else:
            self.stdout.write(token)
