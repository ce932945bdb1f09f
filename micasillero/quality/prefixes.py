"""The beginnings of tariff codes that a judgment names: how they are written, and whether the
tariff has them."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from micasillero.catalog import codes
from micasillero.catalog.models import PartidaArancelaria

_CHAPTER = re.compile(r"\d\d", re.ASCII)
_BARE = re.compile(r"\d{4,10}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")
MOST = 60


def read(text: str) -> list[str]:
    """The prefixes in a text, put between commas, spaces or lines; 640411 is 6404.11. Whether they
    are codes is for check_judgment to say."""
    found = (codes.dotted(word) if _BARE.fullmatch(word) else word for word in _words(text))
    return list(dict.fromkeys(found))


def check_judgment(relevant: object, best: object) -> None:
    """Raise ValidationError, by field, unless both are prefixes of lines of the loaded tariff,
    and each ideal one is acceptable too."""
    told = {"relevant": _faults(relevant), "best": _faults(best)}
    faults = {name: found for name, found in told.items() if found}
    if not faults and not relevant:
        faults["relevant"] = [_("Name at least one code that answers the query.")]
    if not faults:
        outside = [code for code in best if not code.startswith(tuple(relevant))]  # type: ignore
        if outside:
            also = _("Also name among the acceptable codes: %(codes)s.")
            faults["best"] = [also % {"codes": ", ".join(outside)}]
    if faults:
        raise ValidationError(faults)


def _words(text: str) -> Iterable[str]:
    return filter(None, _BETWEEN.split(text))


def _faults(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return [_("This must be a list of beginnings of codes.")]
    if len(value) > MOST:
        return [_("At most %(n)s codes: name shorter beginnings.") % {"n": MOST}]
    odd = [each for each in value if not _is_prefix(each)]
    if odd:
        told = _("These are no beginnings of a tariff code: %(codes)s. Write 64, 6404 or 6404.11.")
        return [told % {"codes": ", ".join(odd)[:200]}]
    unknown = [each for each in value if not _is_known(each)]
    if unknown:
        told = _("The loaded tariff has no line below: %(codes)s. Look the code up and mend it.")
        return [told % {"codes": ", ".join(unknown)}]
    return []


def _is_prefix(text: str) -> bool:
    return bool(_CHAPTER.fullmatch(text)) or codes.is_branch(text) or codes.is_leaf(text)


def _is_known(prefix: str) -> bool:
    return PartidaArancelaria.objects.leaves().filter(item_no__startswith=prefix).exists()
