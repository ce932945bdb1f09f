"""How many texts a second are held against 200 rules, and what does that cost each event?

    python benchmarks/rules.py

Prints one JSON line. The rules are those that come with the product and made-up ones of the same
kind, in the database as the product has them; the texts are what people declare, made up: most meet
no rule. The peer asks each rule in turn with Python's `re`, compiled, over the same folded words;
both have to find the same. Then batches of 50 events that meet no rule go to `raise_alerts`, as in
the transaction that stores them. One process, medians of the rounds, which take turns.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import DATABASES, ground, load

LEAST_TEXTS = 10_000
BATCH = 50
EXPRESSIONS = 14  # of a made-up rule: as many as a shipped one has
NAMED = 0.02  # so many of the texts name goods of a made-up rule
GOODS = """
camisa camisas pantalón zapatos tenis bolso cartera reloj audífonos teclado monitor cámara funda
cargador cable lámpara silla mesa cortina sábana toalla plato vaso olla sartén licuadora cafetera
juguete muñeca rompecabezas bicicleta casco guante pelota raqueta mochila paraguas libro cuaderno
lápiz pintura pincel espejo perfume crema jabón champú vitamina termo colchón almohada alfombra
shirt shoes watch phone case charger headphones keyboard laptop tablet book toy doll dress jacket
""".split()  # noqa: SIM905 - a list of words, to be read
BETWEEN = "de para con y en color marca talla nuevo nueva original set kit paquete for with".split()  # noqa: SIM905


def main() -> int:
    parser = argparse.ArgumentParser(description="How many texts a second?")
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--texts", type=int, default=20_000, help="a round (20,000)")
    parser.add_argument("--peer-texts", type=int, default=1_000, help="a round of the peer (1,000)")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many (5)")
    parser.add_argument("--database", choices=DATABASES, default="postgres")
    options = parser.parse_args()
    with ground(options.database):
        print(json.dumps(_measure(options)))
    return 0


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from micasillero.compliance import live

    chance = random.Random(4711)
    goods = _add_rules(chance, options.rules)
    rules = live.current()
    matcher, peer = rules.matcher, _peer(rules)
    warm = _texts(chance, options.texts, goods)
    ours, peers = [], []
    for _round in range(options.rounds):
        # Texts of its own each round: none is known from the one before.
        texts = _texts(chance, options.texts, goods)
        few = texts[: options.peer_texts]
        _same(few, matcher.match, peer)
        _rate(matcher.match, warm)
        ours.append(_rate(matcher.match, texts))
        peers.append(_rate(peer, few))
    texts_s, peer_s = statistics.median(ours), statistics.median(peers)
    return {
        "benchmark": "rules",
        "rules": len(matcher),
        "texts": options.texts,
        "met_share": round(sum(bool(matcher.match(text)) for text in texts) / len(texts), 3),
        "texts_per_second": round(texts_s),
        "peer_texts_per_second": round(peer_s),
        "ratio": round(texts_s / peer_s, 1),
        "alerting_us_per_event": round(_alerting(chance, options), 1),
        "load": load(),
        "met": texts_s >= LEAST_TEXTS,
    }


def _add_rules(chance: random.Random, wanted: int) -> list[str]:
    """Made-up rules beside the shipped ones, so many in all. Returns goods that they name."""
    from micasillero.compliance.models import Category, Rule, Severity

    goods, made = [], []
    for number in range(wanted - Rule.objects.enabled().count()):
        stems = [_stem(chance) for _n in range(EXPRESSIONS)]
        goods += stems
        made.append(
            Rule(
                name=f"made up {number}",
                category=Category.RESTRICTED,
                severity=Severity.LOW,
                patterns="\n".join(chance.choice(SHAPES).format(stem, stem) for stem in stems),
                exceptions=f"{stems[0]}s? de juguete" if number % 2 else "",
                reason="made up",
            )
        )
    Rule.objects.bulk_create(made)
    return goods


SHAPES = ("{0}s?", "{0}(?:s|es)?", "{0}s? (?:de|para) \\w+", "(?:mini )?{0}s?", "{0}|{1}it[oa]s?")


def _stem(chance: random.Random) -> str:
    syllables = [c + v for c in "bdfgjklmnprstvz" for v in "aeiou"]
    return "".join(chance.choices(syllables, k=chance.randint(3, 4)))


def _texts(chance: random.Random, count: int, goods: Sequence[str]) -> list[str]:
    """What people declare: 3 to 12 words, accents, capitals, numbers and punctuation."""
    return [_text(chance, goods) for _n in range(count)]


def _text(chance: random.Random, goods: Sequence[str]) -> str:
    said = []
    for _n in range(chance.randint(2, 6)):
        said += [chance.choice(GOODS), chance.choice(BETWEEN)]
    if goods and chance.random() < NAMED:
        said.insert(chance.randrange(len(said)), chance.choice(goods))
    if chance.random() < 0.5:
        said.append(f"{chance.randint(1, 60)}.{chance.randint(0, 9)} cm")
    text = chance.choice((" ", " ", ", ")).join(said)
    return chance.choice((text, text, text.capitalize(), text.upper()))


def _peer(rules: Any) -> Callable[[str], list[int]]:
    """Each rule in turn, with Python's `re`."""
    from micasillero.compliance.matcher import GAP, as_words
    from micasillero.compliance.patterns import whole

    compiled = [
        (number, re.compile(whole(rule.patterns)), re.compile(whole(rule.exceptions) or "(?!)"))
        for number, rule in rules.rules.items()
    ]

    def match(text: str) -> list[int]:
        seen = as_words(text)
        met = [each for each in compiled if each[1].search(seen)]
        return [number for number, pattern, exc in met if pattern.search(exc.sub(GAP, seen))]

    return match


def _same(texts: Sequence[str], ours: Callable[[str], Any], peer: Callable[[str], Any]) -> None:
    for text in texts:
        if [hit.rule for hit in ours(text)] != peer(text):
            raise RuntimeError(f"they do not find the same in {text!r}")


def _rate(match: Callable[[str], Any], texts: Sequence[str]) -> float:
    """Texts a second."""
    began = time.perf_counter()
    for text in texts:
        match(text)
    return len(texts) / (time.perf_counter() - began)


def _alerting(chance: random.Random, options: argparse.Namespace) -> float:
    """Microseconds of an event in a batch of which none meets a rule."""
    from django.utils import timezone

    from micasillero.compliance import live
    from micasillero.compliance.alerting import raise_alerts
    from micasillero.events.models import Event, EventType

    match = live.current().matcher.match
    quiet = [text for text in _texts(chance, options.texts, ()) if not match(text)]
    now = timezone.now()
    events = [
        Event(type=EventType.DECLARATION, client="benchmark", occurred_at=now, description=text)
        for text in quiet
    ]
    began = time.perf_counter()
    for at in range(0, len(events), BATCH):
        if raise_alerts(events[at : at + BATCH]):
            raise RuntimeError("an alert about what meets no rule")
    return (time.perf_counter() - began) / len(events) * 1e6


if __name__ == "__main__":
    sys.exit(main())
