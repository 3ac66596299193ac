"""The frozen ``lafr-desktop``, and the engine's process that it starts."""

import sys

from lafr_desktop.__main__ import main

# The engine's process runs this script too; freeze_support() in main() sends it to its work.
if __name__ == "__main__":
    sys.exit(main())
