"""The thread between the window and the engine process.

::

    GUI thread             agent's thread                        engine process
    Engine ── orders ───> Agent ── EngineClient ──── jobs ────> Service
    Engine <── signals ── Agent <─────────────────── events ───
                            └── AlbumWork: takes jobs from the album, writes events down

The GUI thread never waits on any of it, but for :meth:`Engine.close`.
"""

from lafr_desktop.engine_thread.engine import Engine
from lafr_desktop.engine_thread.work import WorkStatus

__all__ = ["Engine", "WorkStatus"]
