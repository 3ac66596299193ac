"""Starts the engine process, feeds it, watches it, kills it and starts it anew.

::

    caller ── submit, cancel, pause ──> supervisor thread ── pipe ──> engine process
    caller <────────── events ────────  (one job at a time) <─ pipe ─ (a Service)

One job at a time is handed over, so that a crash costs one job: it ends as ``crashed``, and those
that wait go to the next process. Every job submitted ends exactly once, after all its other
events, whatever happens to the process.

A frozen program calls ``multiprocessing.freeze_support()`` first thing in its entry point.
"""

from lafr_engine.client.client import EngineClient
from lafr_engine.client.process import Target
from lafr_engine.client.supervisor import Patience

__all__ = ["EngineClient", "Patience", "Target"]
