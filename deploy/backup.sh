#!/bin/sh
# One dump of the database into BACKUP_DIR, whole or not at all; the oldest go.
# The server: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, as every PostgreSQL program reads them.
# Where those programs are in a container, THROUGH is the command that runs one there, with these
# variables set. KEEP dumps stay (default 48). How to restore: docs/runbook.md.
set -eu
: "${BACKUP_DIR:?Set BACKUP_DIR to the directory of the dumps}"
[ -n "${THROUGH:-}" ] || : "${PGDATABASE:?Set PGDATABASE to the name of the database}"
keep=${KEEP:-48}
case $keep in
  '' | 0 | *[!0-9]*) echo "KEEP is '$keep': write a number from 1." >&2; exit 2 ;;
esac

mkdir -p "$BACKUP_DIR"
# The directory is as the caller's umask has it: web reads the names. The dumps are the owner's alone.
umask 077
rm -f "$BACKUP_DIR"/unfinished.*
unfinished="$BACKUP_DIR/unfinished.$$"
trap 'rm -f "$unfinished"' EXIT
# Unquoted: THROUGH is a program and its arguments, or nothing.
${THROUGH:-} pg_dump --format=custom --no-owner --no-privileges >"$unfinished"
# A dump that cannot be read is none.
${THROUGH:-} pg_restore --list <"$unfinished" >/dev/null
name=$BACKUP_DIR/sicargabox-$(date -u +%Y%m%dT%H%M%SZ).dump
mv "$unfinished" "$name"
ls -1 "$BACKUP_DIR"/sicargabox-*.dump | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
  rm -f "$old"
done
echo "$name"
