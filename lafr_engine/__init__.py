"""LAFR's engine: photographs in, photographs with restored faces out. Knows no Qt.

Importing this package is cheap: torch, diffusers and onnxruntime are imported only by the
modules that compute with them.
"""

__version__ = "0.1.0"
