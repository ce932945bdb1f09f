"""Every change of a line leaves its id in the dirty set, in the same transaction.

A line's document holds the texts of its ancestors, so a change of a branch touches everything
below it. What goes past this module (plain SQL, ``_raw_delete``, fixtures) is healed by the next
full reconcile of the index.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router, transaction
from django.db.models import F
from django.utils import timezone

CHUNK = 500
# Inserted into the dirty set by the database itself: an update of a million lines takes no memory.
_MARK = """
INSERT INTO {dirty} (partida_id, marked_at)
WITH RECURSIVE touched (id) AS (
    {chosen}
    UNION
    SELECT child.id FROM {lines} child JOIN touched ON child.parent_id = touched.id
)
SELECT touched.id, %s FROM touched
"""


def _dirty_model() -> type[models.Model]:
    return apps.get_model("MiCasillero", "DirtyPartida")


def _plain(model: type[models.Model], using: str) -> models.QuerySet:
    """A queryset whose own writes are not tracked."""
    return models.QuerySet(model, using=using)


def mark_ids(ids: Iterable[int], using: str) -> None:
    """Mark exactly these lines, without what lies below them."""
    dirty = _dirty_model()
    rows = (dirty(partida_id=pk) for pk in ids)
    dirty._base_manager.using(using).bulk_create(rows, batch_size=CHUNK)


def mark_dirty(chosen: models.QuerySet, using: str) -> None:
    """Mark the chosen lines and all below them. Call it before a delete, after an insert."""
    try:
        sql, params = chosen.order_by().values("pk").query.get_compiler(using).as_sql()
    except EmptyResultSet:
        return
    connection = connections[using]
    quote = connection.ops.quote_name
    statement = _MARK.format(
        dirty=quote(_dirty_model()._meta.db_table),
        lines=quote(chosen.model._meta.db_table),
        chosen=sql,
    )
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, now])


class PartidaQuerySet(models.QuerySet):
    """A queryset whose writes reach the dirty set and let ``version`` grow."""

    def leaves(self) -> "PartidaQuerySet":
        """The lines that are declared and indexed (dddd.dd.dd.dd)."""
        return self.filter(is_leaf=True)

    def branches(self) -> "PartidaQuerySet":
        """Headings and the levels between them and the leaves."""
        return self.filter(is_leaf=False)

    def update(self, **values: Any) -> int:
        """As Django's; version + 1 on each line, even where the new value is the old one."""
        values.setdefault("version", F("version") + 1)
        values.setdefault("updated_at", timezone.now())
        self._for_write = True
        with transaction.atomic(using=self.db):
            # Before the update: afterwards the filter may find other lines.
            mark_dirty(self, self.db)
            return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's; the ids of the deleted lines and of what lay below them are kept.

        Django cuts the children loose by an update of this class, which counts as theirs.
        """
        self._for_write = True
        with transaction.atomic(using=self.db):
            mark_dirty(self, self.db)
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """As Django's. ``update_conflicts`` counts as a change of each line given."""
        self._for_write = True
        with transaction.atomic(using=self.db):
            made: list[Any] = super().bulk_create(objs, *args, **options)
            if options.get("update_conflicts") or options.get("ignore_conflicts"):
                self._touch_by_code([line.item_no for line in made])
            else:
                # Nothing hangs below a new line yet, and new branches are in no document.
                mark_ids((line.pk for line in made if line.is_leaf), self.db)
            return made

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def _touch_by_code(self, codes: list[str]) -> None:
        lines = _plain(self.model, self.db)
        for start in range(0, len(codes), CHUNK):
            chosen = lines.filter(item_no__in=codes[start : start + CHUNK])
            mark_dirty(chosen, self.db)
            chosen.update(version=F("version") + 1)


class PartidaManager(models.Manager.from_queryset(PartidaQuerySet)):  # type: ignore[misc]
    """The only manager of the lines; related managers inherit it."""

    def ancestors_of(self, line: Any) -> list[Any]:
        """The line's ancestors, its heading first, its parent last."""
        found: list[Any] = []
        seen = {line.pk}
        parent_id = line.parent_id
        while parent_id is not None and parent_id not in seen:
            seen.add(parent_id)
            parent = self.get(pk=parent_id)
            found.append(parent)
            parent_id = parent.parent_id
        return found[::-1]


class TracksChanges(models.Model):
    """The instance side: ``save`` and ``delete`` of one line do what the queryset does."""

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """As Django's. A saved line's ``version`` is the database's own count plus one."""
        using = using or router.db_for_write(type(self), instance=self)
        before = self.version  # type: ignore[has-type]
        grows = not self._state.adding and not force_insert
        if grows:
            self.version = F("version") + 1
            if update_fields is not None:
                update_fields = {*update_fields, "version", "updated_at"}
        try:
            with transaction.atomic(using=using):
                super().save(
                    force_insert=force_insert,
                    force_update=force_update,
                    using=using,
                    update_fields=update_fields,
                )
                mark_dirty(_plain(type(self), using).filter(pk=self.pk), using)
        except BaseException:
            self.version = before
            raise
        if grows:
            self.refresh_from_db(using=using, fields=["version"])

    def delete(self, using: str | None = None, keep_parents: bool = False) -> Any:
        """As Django's; leaves the ids of this line and of what lay below it."""
        using = using or router.db_for_write(type(self), instance=self)
        chosen = _plain(type(self), using).filter(pk=self.pk)
        with transaction.atomic(using=using):
            mark_dirty(chosen, using)
            return super().delete(using=using, keep_parents=keep_parents)
