"""Asking Elasticsearch: hits, how many have a term, and terms that differ little."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _
from elasticsearch import Elasticsearch

from micasillero.work import WorkError

from ..intent import Hit, Intent
from .elasticsearch_client import faults
from .elasticsearch_query import alike_body, frequencies_body, generation_body, search_body

ANSWERED_PARTS = (
    "hits.total,hits.hits._score,hits.hits._source,hits.hits._index,hits.hits.sort,"
    "aggregations.having.buckets.*.doc_count,suggest.*.options"
)


class Asking:
    """The searching half of the seam, on one cluster."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias

    def search(
        self, target: str, intent: Intent, k: int, *, at_least: int = 1, category: str = ""
    ) -> list[Hit]:
        body = search_body(intent, k, at_least=at_least, category=category)
        hits = self._search(target, body).get("hits", {}).get("hits", [])
        return [Hit.of(hit["_score"], hit["_source"]) for hit in hits]

    def generation(self, target: str) -> str:
        hits = self._search(target, generation_body())["hits"]
        newest = [f"{hit['_index']}:{hit['sort'][0]}" for hit in hits.get("hits", ())]
        return ":".join([*newest, str(hits["total"]["value"])])

    def frequencies(self, target: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        answer = self._search(target, frequencies_body(terms))
        buckets = answer.get("aggregations", {}).get("having", {}).get("buckets", {})
        having = {term: buckets[str(n)]["doc_count"] for n, term in enumerate(terms)}
        return answer["hits"]["total"]["value"], having

    def alike(self, target: str, terms: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        told = self._search(target, alike_body(terms)).get("suggest", {})
        return {
            term: [
                (option["text"], option["freq"])
                for entry in told.get(str(n), ())
                for option in entry["options"]
            ]
            for n, term in enumerate(terms)
        }

    def _search(self, target: str, body: dict) -> dict:
        try:
            return self._searched(target, body)
        except WorkError as error:
            # Swapped, and the old index deleted, between resolving the alias and searching.
            if error.code != "index_gone" or target != self._alias:
                raise
        try:
            return self._searched(target, body)
        except WorkError as error:
            if error.code != "index_gone":
                raise
            raise WorkError(
                "no_index", _("There is no index yet. Rebuild the index first.")
            ) from None

    def _searched(self, target: str, body: dict) -> dict:
        with faults():
            return self._client.perform_request(
                "POST",
                f"/{target}/_search",
                params={"allow_partial_search_results": "false", "filter_path": ANSWERED_PARTS},
                headers={"accept": "application/json", "content-type": "application/json"},
                body=body,
            ).body
