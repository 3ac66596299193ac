#!/usr/bin/env bash
# Format, lint, types, import directions, tests: all that a change must pass.
# Without options the slow tests are left out; options go to pytest, so `-m slow` runs those alone.
# Stops at the first tool that fails. Needs `bash installer/setup.sh --test` once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=.venv/bin
"$bin/ruff" format --check .
"$bin/ruff" check .
"$bin/mypy"
"$bin/lint-imports"
if [ "$#" -eq 0 ]; then
    set -- -m "not slow" -o faulthandler_timeout=360
fi
"$bin/python" -m pytest "$@"
