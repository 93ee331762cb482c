#!/bin/sh
# What `make test` needs beyond Python: Debian's Chromium and Firefox for the journeys, a font that draws Hangul
# and Han, for attachments a sandbox and what runs in it, and for the intake's tests PostgreSQL and Swift, nginx,
# tor and nftables, which they start themselves.
# Root gets them from apt; anyone else is told exactly what is missing, and nothing is half done.
set -eu

missing="" wished=""
for browser in chromium firefox-esr; do
    command -v "$browser" >/dev/null 2>&1 || missing="$missing $browser"
done
find /usr/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" -iname '*noto*cjk*' 2>/dev/null | grep -q . \
    || missing="$missing fonts-noto-cjk"
for pair in bwrap:bubblewrap ffmpeg:ffmpeg pdftoppm:poppler-utils exiftool:libimage-exiftool-perl epubcheck:epubcheck age:age; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
for part in account container object proxy; do
    command -v "swift-$part-server" >/dev/null 2>&1 || missing="$missing swift-$part"
done
ldconfig -p | grep -q libpangoft2 || missing="$missing libpangoft2-1.0-0 libharfbuzz-subset0"
# Where the tests look for them too: no login of an ordinary user has /usr/sbin in its PATH.
for program in nginx:nginx-light tor:tor openssl:openssl nft:nftables; do
    PATH="/usr/sbin:$PATH" command -v "${program%%:*}" >/dev/null 2>&1 || missing="$missing ${program#*:}"
done
# Where Debian has it: Chromium without its windows, to which a page is a quarter of the work.
command -v chromium-headless-shell >/dev/null 2>&1 || wished="chromium-headless-shell"
[ -n "$missing$wished" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing; } >/dev/null
    # shellcheck disable=SC2086
    apt-get -qq install -y --no-install-recommends $wished >/dev/null 2>&1 || :
    exit 0
fi
[ -n "$missing" ] || exit 0
echo "make test: error: not installed:$(printf ' %s' $missing)" >&2
echo "make test: hint: as root, apt-get install$missing" >&2
exit 1
