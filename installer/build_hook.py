"""Brings the runtime third-party weights into the tree, and the resources into the wheel.

hatchling runs this for ``pip install .`` and for editable installs. Only the standard library
and hatchling are there, so the work is done by ``lafr_engine.bundle.third_party``, which needs
no more than that.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_APART = ("third_party", "study")


class ResourcesHook(BuildHookInterface[Any]):
    """Fetches and checks weights; a wrong hash or a failed download stops the build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare one wheel.

        Args:
            version: ``"standard"`` or ``"editable"``, as hatchling calls them.
            build_data: hatchling's mutable description of the wheel; gains the resources,
                except for an editable install, which finds them in the source tree.
        """
        resources = Path(self.root) / "resources"
        weights = self._bring_weights(resources / "third_party")
        if version == "editable":
            return
        # Forced, because git ignores the weights; one by one, because training-only weights may
        # lie beside them, and those are not to be shipped. The study is for readers of the source.
        others = (path for path in resources.iterdir() if path.name not in _APART)
        for path in (*others, *weights):
            target = f"lafr_engine/_resources/{path.relative_to(resources).as_posix()}"
            build_data["force_include"][str(path)] = target

    def _bring_weights(self, folder: Path) -> list[Path]:
        sys.path.insert(0, self.root)
        try:
            from lafr_engine.bundle import third_party
            from lafr_engine.errors import WeightsError
        finally:
            sys.path.remove(self.root)
        try:
            return third_party.fetch("runtime", folder, self.app.display_info)
        except WeightsError as error:
            self.app.abort(str(error))
            raise
