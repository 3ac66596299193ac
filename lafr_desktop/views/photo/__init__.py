"""The before and after view of one photograph."""

from lafr_desktop.views.photo.brush import Brush
from lafr_desktop.views.photo.values import Box, CompareMode, Rectangle, ShownFace, Tool
from lafr_desktop.views.photo.view import PhotoView

__all__ = ["Box", "Brush", "CompareMode", "PhotoView", "Rectangle", "ShownFace", "Tool"]
