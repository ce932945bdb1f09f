"""Writing, and moving an alias: what the rebuild relies on."""

import pytest
from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from .indices import create

pytestmark = pytest.mark.live


def test_a_strict_mapping_refuses_an_unknown_field(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {"text": {"type": "text"}})
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        es.index(index=index, document={"txet": "x"})


def test_a_bulk_names_the_item_that_the_mapping_refuses(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {"text": {"type": "text"}})
    operations: list[dict] = [{"index": {"_id": "good"}}, {"text": "x"}]
    operations += [{"index": {"_id": "bad"}}, {"txet": "x"}]
    answer = es.bulk(index=index, operations=operations)
    statuses = {item["index"]["_id"]: item["index"]["status"] for item in answer["items"]}
    assert statuses == {"good": 201, "bad": 400}


def test_a_bulk_that_requires_an_alias_makes_no_index(es: Elasticsearch, prefix: str):
    answer = es.bulk(
        index=prefix, operations=[{"index": {"_id": "1"}}, {"text": "x"}], require_alias=True
    )
    assert [item["index"]["status"] for item in answer["items"]] == [404]
    assert not es.indices.exists(index=prefix)


def test_a_bulk_that_requires_an_alias_refuses_a_plain_index(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {"text": {"type": "text"}})
    answer = es.bulk(
        index=index, operations=[{"index": {"_id": "1"}}, {"text": "x"}], require_alias=True
    )
    assert answer["errors"]
    assert es.count(index=index)["count"] == 0


def test_a_late_bulk_does_not_bring_a_deleted_index_back(es: Elasticsearch, prefix: str):
    build = f"{prefix}-build"
    index = create(es, f"{prefix}-1", {"text": {"type": "text"}})
    es.indices.put_alias(index=index, name=build)
    operations: list[dict] = [{"index": {"_id": "1"}}, {"text": "x"}]
    assert not es.bulk(index=build, operations=operations, require_alias=True)["errors"]
    es.indices.delete(index=index)
    assert es.bulk(index=build, operations=operations, require_alias=True)["errors"]
    assert not es.indices.get(index=f"{prefix}*")


def test_a_stale_version_is_refused_and_an_equal_one_taken(es: Elasticsearch, prefix: str):
    index = create(es, prefix, {"text": {"type": "text"}})

    def write(version: int) -> None:
        es.index(
            index=index,
            id="1",
            document={"text": str(version)},
            version=version,
            version_type="external_gte",
        )

    write(5)
    write(5)
    with pytest.raises(ConflictError):
        write(4)


def swap(es: Elasticsearch, alias: str, old: str, new: str) -> None:
    es.indices.update_aliases(
        actions=[
            {"remove": {"index": old, "alias": alias, "must_exist": True}},
            {"add": {"index": new, "alias": alias}},
        ]
    )


def test_an_alias_moves_in_one_step(es: Elasticsearch, prefix: str):
    old, new = (create(es, f"{prefix}-{n}", {"text": {"type": "text"}}) for n in (1, 2))
    es.indices.put_alias(index=old, name=f"{prefix}-live")
    swap(es, f"{prefix}-live", old, new)
    assert list(es.indices.get_alias(name=f"{prefix}-live")) == [new]


def test_a_stale_swap_is_refused_and_changes_nothing(es: Elasticsearch, prefix: str):
    first, second, third = (create(es, f"{prefix}-{n}", {}) for n in (1, 2, 3))
    alias = f"{prefix}-live"
    es.indices.put_alias(index=second, name=alias)
    with pytest.raises(NotFoundError):
        swap(es, alias, old=first, new=third)
    assert list(es.indices.get_alias(name=alias)) == [second]
