# What deploy/intake/install and deploy/research/install have in common: a Debian that faces the world. Read by both
# with `.`, never run alone. Each function may run twice: what is as it should be is left alone and counts for nothing.
# Its reader needs `here`, the folder of deploy/, and gets from the command line what `options` reads.
# shellcheck shell=sh disable=SC2034,SC2154
LC_ALL=C.UTF-8
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022

name='' certificate='' dry='' image='' program='' changed=0
unstarted=/etc/onggi/unstarted

stop() {
    printf 'install: error: %s\ninstall: hint: %s\n' "$1" "$2" >&2
    exit 1
}
say() { printf '%s\n' "$1"; }

# Whether *word* is an option of every installer; `taken` is then how many words it was.
option() {
    taken=2
    case $1 in
    --name) name=${2:?a host name} ;;
    --certificate) certificate=$(cd "${2:?a folder}" && pwd -P) ;;
    --program) program=$(cd "${2:?a folder}" && pwd -P) ;;
    --image) image=yes taken=1 ;;
    --dry-run) dry=yes taken=1 ;;
    *) return 1 ;;
    esac
}

# Something is done to this machine, or in a dry run only said.
run() {
    changed=$((changed + 1))
    if [ -n "$dry" ]; then say "would run: $*"; else "$@"; fi
}

# put MODE FILE: what comes on the standard input becomes FILE, unless it is that already. What somebody else had
# written there stays beside it, once.
put() {
    mode=$1 file=$2 new=$(mktemp)
    cat >"$new"
    if cmp -s "$new" "$file" && [ "$(stat -c %a "$file")" = "$mode" ]; then
        rm "$new"
        return
    fi
    changed=$((changed + 1))
    if [ -n "$dry" ]; then
        say "would write: $file"
    else
        say "writing $file"
        mkdir -p "$(dirname "$file")" "$(dirname "$unstarted")"
        : >"$unstarted"
        [ ! -e "$file" ] || [ -e "$file.before-onggi" ] || cp -p "$file" "$file.before-onggi"
        install -m "$mode" -o root -g root "$new" "$file"
    fi
    rm "$new"
}

link() { [ "$(readlink "$2" || true)" = "$1" ] || run ln -sfn "$1" "$2"; }
gone() { [ ! -e "$1" ] || run rm "$1"; }

# systemd's part; for an image there is none running.
systemd() { [ -n "$image" ] || run systemctl "$@"; }

check_machine() {
    cd / # where everybody may be: some commands below are another user's
    system=$(. /etc/os-release && printf '%s %s' "$ID" "${VERSION_ID:-}")
    case $system in
    'debian 12' | 'debian 13') ;;
    *) stop "this is $system, and these settings were made for Debian 12 and 13" 'take a fresh Debian; nothing was changed' ;;
    esac
    [ -n "$dry" ] || [ "$(id -u)" = 0 ] || stop 'only root can set up a machine' 'su -, then the same line; or look first with --dry-run'
    [ -n "$dry$image" ] || [ -d /run/systemd/system ] || stop 'systemd does not run here' 'to prepare an image of a machine: --image'
    [ ! -e "/etc/systemd/system/$1.service" ] || stop "this machine is another room: $1" \
        'intake and reading room are strangers: one machine each'
}

packages() {
    missing=''
    for each in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$each" 2>/dev/null)" = installed ] || missing="$missing $each"
    done
    [ -n "$missing" ] || return 0
    run apt-get -qq update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive run apt-get -qq install -y --no-install-recommends $missing
}

# The program and its packages for one extra, each by the hash that requirements.lock names, beside the one in use.
install_program() {
    extra=$1 release=$program source=$(dirname "$here")
    if [ -z "$release" ]; then
        digest=$(cd "$source" && find crypto server archive migrations onggi.py sealing.py pyproject.toml requirements.lock \
            -type f ! -name '*.pyc' | sort | xargs sha256sum | sha256sum | cut -c 1-16)
        release=/opt/onggi/releases/$extra-$digest
        [ -e "$release/ready" ] || run make_release "$release"
    fi
    [ -d /opt/onggi ] || run mkdir -p /opt/onggi
    link "$release" /opt/onggi/current
}

make_release() (
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    python3 -I "$here/extra.py" setuptools <"$source/requirements.lock" >"$scratch/first.txt"
    python3 -I "$here/extra.py" --of "$source/pyproject.toml" "$extra" <"$source/requirements.lock" >"$scratch/rest.txt"
    (cd "$source" && cp -r crypto server archive migrations onggi.py sealing.py pyproject.toml README.md "$scratch")
    python3 -I -m venv --clear "$1"
    pip="env -i PATH=$PATH LC_ALL=$LC_ALL HOME=$scratch $1/bin/python -I -m pip --quiet --disable-pip-version-check --no-cache-dir install"
    lost() { stop 'a package could not be fetched, or has not its hash' 'what is in use stays; see above, and run this again'; }
    $pip --only-binary :all: --require-hashes -r "$scratch/first.txt" || lost
    $pip --no-build-isolation --only-binary :all: --no-binary kiwipiepy-model --require-hashes -r "$scratch/rest.txt" || lost
    $pip --no-build-isolation --no-deps "$scratch" || lost
    "$1/bin/onggi" --help >/dev/null
    : >"$1/ready"
)

account() {
    id onggi >/dev/null 2>&1 || run useradd --system --home-dir /var/lib/onggi --no-create-home --shell /usr/sbin/nologin onggi
    for each in /var/lib/onggi "/var/lib/onggi/$1"; do
        [ -d "$each" ] || run install -d -m 700 -o onggi -g onggi "$each"
    done
}

# One unit of systemd, as it lies here, and what it needs beyond the sandbox of all.
unit() {
    put 644 "/etc/systemd/system/$(basename "$1")" <"$here/$1"
    [ ! -d "$here/$1.d" ] || put 644 "/etc/systemd/system/$(basename "$1").d/20-needs.conf" <"$here/$1.d/20-needs.conf"
}

sandbox() { put 644 /etc/systemd/system/onggi-.service.d/10-sandbox.conf <"$here/onggi-.service.d/10-sandbox.conf"; }

# nginx with the site's own file for this name, and nothing of Debian's page, which writes everybody down.
web() {
    sample=$1
    certificate=${certificate:-/etc/letsencrypt/live/$name}
    [ -n "$dry" ] || [ -r "$certificate/fullchain.pem" ] || stop "there is no certificate for $name in $certificate" \
        "apt-get install certbot && certbot certonly --standalone -d $name --pre-hook 'systemctl stop nginx' --post-hook 'systemctl start nginx'"
    sed -e "s,/etc/letsencrypt/live/[a-z]*\\.example,$certificate,; s,\\b[a-z]*\\.example\\b,$name," "$here/$sample" |
        put 644 /etc/nginx/sites-available/onggi
    link ../sites-available/onggi /etc/nginx/sites-enabled/onggi
    gone /etc/nginx/sites-enabled/default
    printf '[Service]\nLimitCORE=0\nMemorySwapMax=0\n' | put 644 /etc/systemd/system/nginx.service.d/onggi.conf
    [ -n "$dry" ] || nginx -q -t || stop 'nginx does not take its settings' 'it said why above; nothing was started'
}

# The firewall, updates, the clock, a journal that ends with the power, and the backup.
keep_well() {
    # 22, unless sshd says otherwise: who set this machine up must not be shut out.
    ssh=$(sshd -T 2>/dev/null | sed -n 's/^port //p' | tr '\n' ',' || true)
    sed "s/@PORTS@/${ssh:-22,}$1/; s/,\\( }\\)/\\1/" "$here/firewall.nft" | put 644 /etc/onggi/firewall.nft
    put 644 /etc/apt/apt.conf.d/52onggi <"$here/upgrades.conf"
    put 644 /etc/systemd/journald.conf.d/onggi.conf <"$here/journald.conf"
    put 755 /opt/onggi/backup.sh <"$here/backup.sh"
    unit onggi-firewall.service
    unit onggi-backup.service
    unit onggi-backup.timer
}

clock() {
    for each in chrony ntpsec openntpd; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$each" 2>/dev/null)" != installed ] || return 0
    done
    printf 'systemd-timesyncd\n'
}

# Starts what must run: anew when something was written since it last did, also by a run that was stopped.
start() {
    [ -z "$image" ] || return 0
    anew=''
    if [ "$changed" != 0 ] || [ -e "$unstarted" ]; then
        anew=yes
        systemd daemon-reload
        systemd restart systemd-journald
    fi
    for each in onggi-firewall.service onggi-backup.timer "$@"; do
        systemctl is-enabled --quiet "$each" 2>/dev/null || systemd enable --quiet "$each"
        if [ -n "$anew" ] || ! systemctl is-active --quiet "$each"; then systemd restart "$each"; fi
    done
    [ -n "$dry" ] || rm -f "$unstarted"
}

finished() {
    if [ "$changed" = 0 ]; then say 'nothing was changed: all is as it should be'; fi
    if [ -n "$dry" ]; then say 'dry run: nothing was changed'; fi
}
