"""What was invented: where and how strongly a restored face departs from its photograph."""

from lafr_engine.faces.invented.values import (
    LIMITS,
    SENTENCES,
    Level,
    Region,
    level_of,
    warnings,
)

__all__ = ["LIMITS", "SENTENCES", "Level", "Region", "level_of", "warnings"]
