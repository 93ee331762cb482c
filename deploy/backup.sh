#!/bin/sh
# What a new machine needs to take this one's place, as /var/lib/onggi-backup/onggi.tar, for root alone. The old one
# is replaced when the new one is whole.
#
#   sh backup.sh [ROOT]       ROOT is where this machine's / lies, for the tests
#
# Not in it: sealed deposits and their rows, because a copy would outlive what she takes back; a release, because a
# newer one may take somebody out. The courier and the archive's stick bring both (docs/decisions/0046-deployment.md).
set -eu
umask 077
root=${1:-}
into=$root/var/lib/onggi-backup
mkdir -p "$into"
scratch=$(mktemp -d "$into/making-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# Readers of a vetted room: copied by SQLite itself, which waits for who is writing.
readers=var/lib/onggi/research/readers.sqlite
if [ -f "$root/$readers" ]; then
    mkdir -p "$scratch/$(dirname "$readers")"
    "$root/opt/onggi/current/bin/python" -I -c 'import sqlite3, sys
sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("VACUUM INTO ?", (sys.argv[2],))' \
        "$root/$readers" "$scratch/$readers"
fi
cd "$root/"
set -- etc/onggi
for each in var/lib/onggi var/lib/tor/onggi etc/systemd/system/onggi-intake.service.d; do
    [ ! -e "$each" ] || set -- "$@" "$each"
done
tar --create --file "$scratch/onggi.tar" --numeric-owner \
    --exclude='shelf' --exclude='packing' --exclude='checking-*' --exclude='*.sqlite' --exclude='*.sqlite-journal' \
    --exclude='coming' --exclude='var/lib/onggi/research/[0-9]*' "$@"
[ ! -f "$scratch/$readers" ] || tar --append --file "$scratch/onggi.tar" --numeric-owner --directory "$scratch" "$readers"
mv "$scratch/onggi.tar" "$into/onggi.tar"
