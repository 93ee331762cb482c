#!/bin/sh
# Installs Onggi on the archive's machine, from the folder that `python -m deploy.archive.build` wrote.
#
#   sh install.sh [--into FOLDER] [--older] [CARRIED]
#
# CARRIED is the folder on the stick, or else the one this file lies in. Before anything of it is run:
#   (1) it is copied to this disk, because a stick may answer differently when it is read again;
#   (2) its list of hashes is signed by the release key, whose fingerprint was typed from paper, or is here already;
#   (3) it holds the files of that list and no other, and each has its hash.
# Then a new environment is made beside the one in use, which stays until the new one passes its own check.
# Uses sh, coreutils, openssl and python3 of this system only. May be stopped and run again.
set -eu
umask 022
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

stop() {
    printf 'install: error: %s\ninstall: hint: %s\n' "$1" "$2" >&2
    exit 1
}
say() { printf '%s\n' "$1"; }
told() { sed -n "s/^$1 //p" "$2"; }

# A copy of this file stays with what is installed: it brings in the next release, and needs no paper.
own=$(dirname "$0")
into=/opt/onggi carried='' older=''
[ ! -d "$own/releases" ] || into=$own
while [ $# -gt 0 ]; do
    case $1 in
    --into) into=${2:?a folder}; shift 2 ;;
    --older) older=yes; shift ;;
    -*) stop "no such option: $1" 'sh install.sh [--into FOLDER] [--older] [CARRIED]' ;;
    *) carried=$1; shift ;;
    esac
done
[ -n "$carried" ] || carried=$own
for tool in openssl python3 sha256sum; do
    command -v "$tool" >/dev/null || stop "$tool is not on this machine" "apt-get install $tool, from Debian's own disc"
done
mkdir -p "$into" 2>/dev/null && [ -w "$into" ] || stop "cannot write to $into" 'become root, or name another folder with --into'
into=$(cd "$into" && pwd -P)
arrived=$into/arriving

# (1) Only plain files with plain names; a link on a stick could point anywhere.
take() {
    [ -f "$carried/$1" ] && [ ! -L "$carried/$1" ] || stop "$1 is not on the stick" 'copy the whole folder again'
    cp "$carried/$1" "$arrived/$1"
}
rm -rf "$arrived"
mkdir -p "$arrived/wheels"
for name in SHA256SUMS SHA256SUMS.note RELEASE-KEY; do take "$name"; done

# (2) The key first: what it signed says nothing while nobody knows whose it is.
hex=$(sed -n 's/^onggi-sign-public-1:\([0-9a-f]\{64\}\)$/\1/p' "$arrived/RELEASE-KEY")
[ ${#hex} = 64 ] || stop 'RELEASE-KEY is no key' 'copy the whole folder again'
if [ -f "$into/RELEASE-KEY" ]; then
    cmp -s "$arrived/RELEASE-KEY" "$into/RELEASE-KEY" || stop 'this is signed by another release key than what is installed here' \
        'ask who made it, by voice, before anything else'
else
    printf 'Type the fingerprint of the release key from the paper, 40 digits: ' >&2
    read -r typed || typed=''
    python3 -I - "$hex" "$typed" <<'END' || stop 'the release key is not the one on the paper' 'type it again; if it still differs, do not use this stick'
import hashlib, sys
number = int.from_bytes(hashlib.sha256(bytes.fromhex(sys.argv[1])).digest(), "big") >> 124
sys.exit("".join(sys.argv[2].split()) != f"{number:040d}")
END
fi
python3 -I -c 'import sys; sys.stdout.buffer.write(bytes.fromhex("302a300506032b6570032100" + sys.argv[1]))' "$hex" >"$arrived/key.der"
sed '/^$/,$d' "$arrived/SHA256SUMS.note" >"$arrived/signed"
sed '1,/^$/d' "$arrived/SHA256SUMS.note" >"$arrived/lines"
[ "$(wc -l <"$arrived/lines")" = 1 ] && cmp -s "$arrived/signed" "$arrived/SHA256SUMS" ||
    stop 'SHA256SUMS is not the text that was signed' 'it was changed or damaged; do not use this stick'
sed -n 's/^— onggi-release //p' "$arrived/lines" | base64 -d 2>/dev/null | tail -c 64 >"$arrived/signature" || true
openssl pkeyutl -verify -pubin -keyform DER -inkey "$arrived/key.der" -rawin -in "$arrived/SHA256SUMS" \
    -sigfile "$arrived/signature" >/dev/null 2>&1 ||
    stop 'SHA256SUMS is not signed by the release key' 'it was changed or damaged; do not use this stick'

# (3)
if grep -Evq '^[0-9a-f]{64}  (wheels/)?[A-Za-z0-9][A-Za-z0-9._+-]*$' "$arrived/SHA256SUMS"; then
    stop 'SHA256SUMS has a line that is none of ours' 'do not use this stick'
fi
sed 's/^[0-9a-f]*  //' "$arrived/SHA256SUMS" >"$arrived/listed"
printf '%s\n' RELEASE-KEY SHA256SUMS SHA256SUMS.note | sort - "$arrived/listed" >"$arrived/expected"
(cd "$carried" && find . ! -type d | sed 's,^\./,,' | sort) >"$arrived/there"
strange=$(comm -13 "$arrived/expected" "$arrived/there" | tr -cd '[:print:]\n' | head -n 1)
[ -z "$strange" ] || stop "$strange is in the folder and not in the signed list" 'somebody put it there; do not use this stick'
say "copying $(wc -l <"$arrived/listed") files and comparing their hashes"
while read -r name; do take "$name"; done <"$arrived/listed"
(cd "$arrived" && sha256sum --check --strict --quiet SHA256SUMS >&2) ||
    stop 'a file has not its hash' 'copy the folder again; if it stays so, do not use this stick'

python=$(told python "$arrived/RELEASE") machine=$(told machine "$arrived/RELEASE")
here=$(python3 -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$python $machine" = "$here $(uname -m)" ] || stop "this is for Python $python on $machine; here is $here on $(uname -m)" \
    'build it again for this machine: --debian, --machine'
if [ -f "$into/current/RELEASE" ] && [ -z "$older" ] &&
    [ "$(told time "$arrived/RELEASE")" -lt "$(told time "$into/current/RELEASE")" ]; then
    stop 'this is older than what is installed' 'somebody may want its faults back; --older installs it all the same'
fi

release=$into/releases/$(sha256sum "$arrived/SHA256SUMS" | cut -c 1-16)
if [ ! -f "$release/ready" ]; then
    say 'installing; this takes a minute or two'
    pip=$(find "$arrived/wheels" -name 'pip-*.whl')
    python3 -I -m venv --clear --without-pip "$release"
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$arrived" PIP_CONFIG_FILE=/dev/null \
        "$release/bin/python" -I "$pip/pip" install --quiet --no-index --no-cache-dir --disable-pip-version-check \
        --root-user-action ignore --only-binary :all: --find-links "$arrived/wheels" --require-hashes \
        -r "$arrived/requirements.txt" || stop 'pip could not install the packages' 'what is in use was not touched; run this again'
fi
cp "$arrived/RELEASE" "$release/RELEASE"
verdict=0
env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="${HOME:-/}" "$release/bin/onggi" archive selfcheck || verdict=$?
case $verdict in
0) ;;
3) say 'Onggi is whole; put the machine right where it says `warn`, before any testimony comes here' ;;
*)
    rm -f "$release/ready" # the next run makes it anew, also when it is the one in use and the disk lost a byte
    stop 'the installation does not pass its own check' 'what was in use still is; run this again, it is then made anew'
    ;;
esac
: >"$release/ready"

# What is in use changes at once or not at all; `mv -T` is rename(2).
ln -sfn "releases/$(basename "$release")" "$into/next"
mv -T "$into/next" "$into/current"
cp "$arrived/install.sh" "$into/install.sh.new"
mv "$into/install.sh.new" "$into/install.sh"
cp "$arrived/README.md" "$arrived/RELEASE-KEY" "$into/"
rm -rf "$arrived"
say "installed Onggi $(told version "$release/RELEASE"): $into/current/bin/onggi"
