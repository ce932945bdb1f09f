"""The Elasticsearch engine (8.19 and newer).

What makes a late or repeated call harmless: writes go only through an alias that must exist, and
the swap is one call that fails as a whole unless the aliases are as expected.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext_noop as _
from elasticsearch import Elasticsearch, NotFoundError

from micasillero.work import TryAgain, WorkError

from ..documents import LAYOUT
from ..intent import Hit, Intent
from .elasticsearch_asking import Asking
from .elasticsearch_bulk import BulkWriter
from .elasticsearch_client import connect, faults, index_gone, no_place
from .elasticsearch_index import (
    BUILDING_SETTINGS,
    LIVE_SETTINGS,
    build_alias,
    mappings,
    write_alias,
)
from .seam import PRODUCT, IndexFacts, Page, outdated

# The most that one search may return.
PAGE = 10_000
PIT_KEPT = "2m"


class ElasticsearchEngine:
    """The seam (engines/seam.py) on one cluster."""

    name = "elasticsearch"

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self.client = client
        self.alias = alias
        self._asking = Asking(client, alias)

    @classmethod
    def from_settings(cls) -> "ElasticsearchEngine":
        """The engine at ELASTICSEARCH_URL. Connects when first asked something."""
        return cls(connect(), settings.SEARCH_ALIAS)

    def create_building(self, index: str) -> None:
        with faults():
            if self.live_index() is None and self.client.indices.exists(index=self.alias):
                raise WorkError(
                    "alias_is_index",
                    _(
                        "Elasticsearch has an index with the name of the alias, %(alias)s. "
                        "Remove it or set SEARCH_ALIAS."
                    ),
                    alias=self.alias,
                )
            made = self.client.indices.create(
                index=index,
                mappings=mappings(self.alias),
                settings={"index": BUILDING_SETTINGS},
                aliases={build_alias(index): {"is_write_index": True}},
                # Its own patience must end before ours does: else we would never hear why.
                timeout=f"{settings.ELASTICSEARCH_TIMEOUT * 500:.0f}ms",
            )
        if not made["shards_acknowledged"]:
            self.delete(index)
            raise no_place()

    def reopen(self, index: str) -> None:
        with faults():
            self.client.indices.put_alias(index=index, name=write_alias(index))

    @contextmanager
    def writer(self, target: str) -> Iterator[BulkWriter]:
        facts = next((i for i in self.indices() if target in (i.name, i.live and self.alias)), None)
        if facts is None:
            raise index_gone()
        if facts.layout != LAYOUT:
            raise outdated(facts.name)
        path = target
        if target != self.alias:
            path = build_alias(target) if facts.building else write_alias(target)
        writer = BulkWriter(self.client, path, visible=target == self.alias)
        with writer.session():
            yield writer

    def _own_aliases(self, index: str) -> list[str]:
        """Those of the index's aliases through which it is written before it is live."""
        with faults():
            try:
                found = self.client.indices.get_alias(index=index).body
            except NotFoundError:
                return []
        aliases = found.get(index, {}).get("aliases", {})
        return [name for name in (build_alias(index), write_alias(index)) if name in aliases]

    def ids_and_hashes(self, target: str) -> Iterator[Page]:
        self.refresh(target)
        with faults():
            pit = self.client.open_point_in_time(index=target, keep_alive=PIT_KEPT)["id"]
        # The next page is asked for while the caller is busy with this one.
        with ThreadPoolExecutor(1, thread_name_prefix="compare") as ahead:
            try:
                page = self._page(pit, None)
                while page:
                    after = list(page[-1])
                    coming = ahead.submit(self._page, pit, after) if len(page) == PAGE else None
                    yield page
                    page = coming.result() if coming else []
            finally:
                self._close(pit)

    def _page(self, pit: str, after: list[int] | None) -> Page:
        body = {
            "pit": {"id": pit, "keep_alive": PIT_KEPT},
            "size": PAGE,
            # Both values come as sort keys and no stored field is read: six times faster than
            # asking for the hash as a field of the hit.
            "sort": [{"pk": "asc"}, {"hash": "asc"}],
            "stored_fields": "_none_",
            "_source": False,
            "track_total_hits": False,
            **({"search_after": after} if after else {}),
        }
        with faults():
            answer = self.client.perform_request(
                "POST",
                "/_search",
                params={"filter_path": "hits.hits.sort"},
                headers={"accept": "application/json", "content-type": "application/json"},
                body=body,
            ).body
        hits = answer.get("hits", {}).get("hits", [])
        return [(keys[0], keys[1]) for keys in [hit["sort"] for hit in hits]]

    def _close(self, pit: str) -> None:
        try:
            with faults():
                self.client.close_point_in_time(id=pit)
        except (TryAgain, WorkError):
            pass  # it ends by itself after PIT_KEPT

    def hashes_of(self, target: str, ids: Sequence[int]) -> dict[int, int]:
        if not ids:
            return {}
        # By id, which sees what was written a moment ago without a refresh.
        with faults():
            docs = self.client.mget(
                index=target,
                ids=[str(pk) for pk in ids],
                source_includes=["hash"],
                filter_path=["docs._id", "docs.found", "docs._source", "docs.error.type"],
            )["docs"]
        if any("error" in doc for doc in docs):
            raise index_gone()
        return {int(doc["_id"]): doc["_source"]["hash"] for doc in docs if doc["found"]}

    def count(self, target: str) -> int:
        with faults():
            return int(self.client.count(index=target)["count"])

    def refresh(self, target: str) -> None:
        with faults():
            self.client.indices.refresh(index=target)

    def seal(self, index: str) -> None:
        with faults():
            self.client.indices.flush(index=index)
            self.client.indices.put_settings(index=index, settings={"index": LIVE_SETTINGS})

    def swap(self, index: str, *, expected: str | None) -> None:
        refused = WorkError(
            "swap_refused",
            _("Another run changed the index meanwhile. It stays as that run left it."),
        )
        own = self._own_aliases(index)
        if not own or self.live_index() != expected:
            raise refused
        # must_exist makes the whole call fail when a newer attempt has removed this index, or has
        # swapped already: without it a stale swap leaves two indices under the alias.
        actions: list[dict] = [
            {"remove": {"index": index, "alias": name, "must_exist": True}} for name in own
        ]
        if expected is not None:
            actions.append({"remove": {"index": expected, "alias": self.alias, "must_exist": True}})
        actions.append({"add": {"index": index, "alias": self.alias, "is_write_index": True}})
        with faults():
            try:
                self.client.indices.update_aliases(actions=actions)
            except NotFoundError:
                raise refused from None

    def live_index(self) -> str | None:
        with faults():
            try:
                names = list(self.client.indices.get_alias(name=self.alias).body)
            except NotFoundError:
                return None
        if len(names) > 1:
            raise WorkError(
                "alias_on_several",
                _("The alias %(alias)s stands on several indices: %(names)s. Leave it on one."),
                alias=self.alias,
                names=", ".join(sorted(names)),
            )
        return names[0] if names else None

    def indices(self) -> list[IndexFacts]:
        with faults():
            found = self.client.indices.get(
                index=f"{self.alias}-*",
                allow_no_indices=True,
                expand_wildcards="open",
                filter_path=["*.aliases", "*.mappings._meta"],
            ).body
        ours = [
            self._facts(name, body["aliases"], body["mappings"]["_meta"])
            for name, body in found.items()
            if self._is_ours(body.get("mappings", {}).get("_meta", {}))
        ]
        return sorted(ours, key=lambda i: (i.created_at, i.name), reverse=True)

    def _is_ours(self, meta: dict) -> bool:
        return meta.get("product") == PRODUCT and meta.get("alias") == self.alias

    def _facts(self, name: str, aliases: dict, meta: dict) -> IndexFacts:
        known = {self.alias, build_alias(name), write_alias(name)}
        return IndexFacts(
            name=name,
            created_at=datetime.fromisoformat(meta["created_at"]).astimezone(UTC),
            live=self.alias in aliases,
            building=build_alias(name) in aliases,
            held=bool(aliases.keys() - known),
            layout=int(meta.get("layout", 0)),
        )

    def delete(self, index: str) -> None:
        known = {i.name: i for i in self.indices()}
        if index not in known or known[index].live or known[index].held:
            return
        with faults():
            self.client.indices.delete(index=index, ignore_unavailable=True)

    def ping(self, seconds: float) -> str:
        try:
            with faults():
                self.client.options(request_timeout=seconds).indices.exists_alias(name=self.alias)
        except (TryAgain, WorkError) as error:
            return str(error)
        return ""

    def health(self, seconds: float) -> str:
        try:
            with faults():
                client = self.client.options(request_timeout=seconds)
                return str(client.cluster.health(filter_path="status").get("status", ""))
        except (TryAgain, WorkError):
            return ""

    def search(
        self, target: str, intent: Intent, k: int, *, at_least: int = 1, category: str = ""
    ) -> list[Hit]:
        return self._asking.search(target, intent, k, at_least=at_least, category=category)

    def generation(self, target: str) -> str:
        return self._asking.generation(target)

    def frequencies(self, target: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        return self._asking.frequencies(target, terms)

    def alike(self, target: str, terms: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        return self._asking.alike(target, terms)
