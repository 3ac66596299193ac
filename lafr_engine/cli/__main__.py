"""``python -m lafr_engine.cli``."""

import sys

from lafr_engine.cli import main

sys.exit(main())
