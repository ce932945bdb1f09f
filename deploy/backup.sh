#!/bin/sh
# One dump of the database into BACKUP_DIR, whole or not at all; the oldest go.
# The server: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, as every PostgreSQL program reads them.
# KEEP dumps stay (default 48). How to restore: docs/runbook.md.
set -eu
umask 077
: "${BACKUP_DIR:?Set BACKUP_DIR to the directory of the dumps}"
: "${PGDATABASE:?Set PGDATABASE to the name of the database}"
keep=${KEEP:-48}
case $keep in
  '' | 0 | *[!0-9]*) echo "KEEP is '$keep': write a number from 1." >&2; exit 2 ;;
esac

mkdir -p "$BACKUP_DIR"
rm -f "$BACKUP_DIR"/unfinished.*
unfinished="$BACKUP_DIR/unfinished.$$"
trap 'rm -f "$unfinished"' EXIT
pg_dump --format=custom --no-owner --no-privileges --file="$unfinished"
# A dump that cannot be read is none.
pg_restore --list "$unfinished" >/dev/null
name=$BACKUP_DIR/sicargabox-$(date -u +%Y%m%dT%H%M%SZ).dump
mv "$unfinished" "$name"
ls -1 "$BACKUP_DIR"/sicargabox-*.dump | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
  rm -f "$old"
done
echo "$name"
