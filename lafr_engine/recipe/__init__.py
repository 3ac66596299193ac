"""The recipe of an export: a small file beside it, by which the same bytes are made again.

Cheap to import: what computes by a recipe stands in `lafr_engine.worker`.
"""

from lafr_engine.recipe.text import MAX_BYTES, parse, read_recipe, to_text
from lafr_engine.recipe.values import (
    FORMAT,
    Bundle,
    Export,
    FaceRecipe,
    Kept,
    Made,
    MaskKind,
    Output,
    Recipe,
    Source,
)

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "Bundle",
    "Export",
    "FaceRecipe",
    "Kept",
    "Made",
    "MaskKind",
    "Output",
    "Recipe",
    "Source",
    "parse",
    "read_recipe",
    "to_text",
]
