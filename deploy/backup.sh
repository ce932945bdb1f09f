#!/bin/sh
# One dump of the database into BACKUP_DIR, whole or not at all; the oldest go. With the word "redis"
# a copy of Redis server A instead.
# The database's server: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, as every PostgreSQL program
# reads them. Redis: REDISCLI_AUTH, and REDIS_OPTIONS as redis-cli takes them (-h HOST --tls ...).
# Where those programs are in a container, THROUGH is the command that runs one there, with these
# variables set. KEEP dumps stay (default 48). How to restore: docs/runbook.md.
set -eu
: "${BACKUP_DIR:?Set BACKUP_DIR to the directory of the dumps}"
case ${1:-database} in
  database)
    prefix=sicargabox ending=dump half=unfinished
    [ -n "${THROUGH:-}" ] || : "${PGDATABASE:?Set PGDATABASE to the name of the database}"
    ;;
  redis) prefix=redis-a ending=rdb half=unfinished-redis ;;
  *) echo "\"$1\" cannot be backed up: write redis, or nothing for the database." >&2; exit 2 ;;
esac
keep=${KEEP:-48}
case $keep in
  '' | 0 | *[!0-9]*) echo "KEEP is '$keep': write a number from 1." >&2; exit 2 ;;
esac

# Unquoted below: THROUGH and REDIS_OPTIONS are words, or nothing. A dump that cannot be read is none.
dump() {
  case $ending in
    dump)
      ${THROUGH:-} pg_dump --format=custom --no-owner --no-privileges >"$1"
      ${THROUGH:-} pg_restore --list <"$1" >/dev/null
      ;;
    rdb)
      # It says how far it is, also when all is well.
      said=$(${THROUGH:-} redis-cli ${REDIS_OPTIONS:-} --rdb - 2>&1 >"$1") || { echo "$said" >&2; exit 1; }
      # Into a pipe it also writes the mark of the end, which a server takes for damage.
      bytes=$(echo "$said" | sed -n 's/.*with success after \([0-9]*\) bytes.*/\1/p')
      [ -z "$bytes" ] || truncate -s "$bytes" "$1"
      [ "$(head -c 5 "$1")" = REDIS ] || { echo "What came is no copy. $said" >&2; exit 1; }
      ;;
  esac
}

mkdir -p "$BACKUP_DIR"
# The directory is as the caller's umask has it: web reads the names. The dumps are the owner's alone.
umask 077
rm -f "$BACKUP_DIR/$half".*
unfinished="$BACKUP_DIR/$half.$$"
trap 'rm -f "$unfinished"' EXIT
dump "$unfinished"
name=$BACKUP_DIR/$prefix-$(date -u +%Y%m%dT%H%M%SZ).$ending
mv "$unfinished" "$name"
ls -1 "$BACKUP_DIR/$prefix"-*."$ending" | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
  rm -f "$old"
done
echo "$name"
