#!/usr/bin/env bash
# Format, lint, types, import directions, tests: all that a change must pass.
# Stops at the first tool that fails. Needs `bash installer/setup.sh --test` once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=.venv/bin
"$bin/ruff" format --check .
"$bin/ruff" check .
"$bin/mypy"
"$bin/lint-imports"
"$bin/python" -m pytest "$@"
