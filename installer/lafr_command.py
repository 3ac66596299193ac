"""The frozen ``lafr``: PyInstaller starts from a script of its own name."""

import sys

from lafr_engine.cli import main

sys.exit(main())
