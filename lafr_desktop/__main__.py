"""Entry point of ``lafr-desktop``."""

from __future__ import annotations

import sys

_NOT_YET = (
    "This version of LAFR Desktop has no window yet; it comes with a later one. "
    "Use the command line instead: lafr restore PATH... --out DIR (see lafr --help)."
)


def main() -> int:
    """Say that there is no window yet and what to use instead.

    Returns:
        2: what was asked for is not to be had.
    """
    sys.stderr.write(f"{_NOT_YET}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
