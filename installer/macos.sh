#!/usr/bin/env bash
# Makes a disk image for macOS of what installer/build.py has made. It was NOT run yet: the authors
# build on Linux. PyInstaller signs the program ad hoc; others' Macs want an Apple identity, too.
#   python installer/build.py --out dist --check
#   bash installer/macos.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ -d "dist/LAFR Desktop.app" ] || { echo "macos: installer/build.py makes the program" >&2; exit 1; }
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' lafr_engine/__init__.py)
image=dist/lafr-desktop-$version.dmg
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cp -R "dist/LAFR Desktop.app" "$tree"
ln -s /Applications "$tree/Applications"
hdiutil create -volname "LAFR Desktop" -srcfolder "$tree" -format UDZO -ov "$image" >&2
echo "$image"
