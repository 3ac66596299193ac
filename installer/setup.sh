#!/usr/bin/env bash
# Sets LAFR Desktop up in .venv beside the source: Debian's libraries for Qt, then the program.
#
#   bash installer/setup.sh          the program
#   bash installer/setup.sh --test   an editable install, the tools, and the training-only weights
#
# Running it again is quick and harmless. It speaks on stderr only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

mode=run
case "${1:-}" in
    "") ;;
    --test) mode=test ;;
    *) fail "unknown option $1; usage: bash installer/setup.sh [--test]" ;;
esac
[ "$#" -le 1 ] || fail "usage: bash installer/setup.sh [--test]"

packages=(
    python3-venv
    # Qt without a window
    libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0
    # a window
    libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0
)
if [ "$mode" = test ]; then
    packages+=(xvfb xauth libimage-exiftool-perl)
fi

# Newer Debians renamed some packages with the suffix t64; either name counts.
is_installed() {
    dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed' ||
        dpkg -s "$1t64" 2>/dev/null | grep -q '^Status: install ok installed'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

install_debian_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
        say "no apt-get here, so the libraries that Qt needs are taken to be installed"
        return
    fi
    local missing=()
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq >/dev/null || say "the list of Debian packages could not be renewed"
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        say "could not install them; if something below fails, install them by hand as root"
}

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

install_debian_packages
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python) || fail "Python 3.11 or newer is needed and was not found"
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv || fail "$python could not make a virtual environment"
fi

say "installing LAFR Desktop and what it needs (about 6 GB with torch; some minutes)"
if [ "$mode" = test ]; then
    .venv/bin/python -m pip install --quiet --editable '.[test]' >&2
    .venv/bin/lafr models fetch-training >&2
else
    .venv/bin/python -m pip install --quiet . >&2
fi
say "done: .venv/bin/lafr --help"
