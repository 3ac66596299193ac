"""The engine as the window sees it."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from lafr_desktop.engine_thread.agent import Agent, Order, UseBundle, UseTarget
from lafr_engine.messages import Job


class Engine(QObject):
    """Slots to give orders, signals to hear what happens; all of it in the GUI thread.

    Signals:
        ready: The device that the networks run on, and why it is no GPU ("" where it is one).
        photo_changed: The id of a photo that looks different now; at most ten a second for each.
        face_changed: Likewise of a face.
        progressed: A `Progress` of the job in work.
        work_changed: A `WorkStatus`.
        side_event: An event of a job that was given by :meth:`submit`; the last is its `Ended`.
        notice: A sentence that people should read.
        busy: Another program works on the album; the sentence says so. It is tried again.
    """

    ready = Signal(str, str)
    photo_changed = Signal(int)
    face_changed = Signal(int)
    progressed = Signal(object)
    work_changed = Signal(object)
    side_event = Signal(object)
    notice = Signal(str)
    busy = Signal(str)

    def __init__(
        self,
        album: Path,
        target: Callable[[Connection], None],
        parent: QObject | None = None,
    ) -> None:
        """Prepare; :meth:`start` begins.

        Args:
            album: Folder of the album.
            target: Main of the engine process, see :class:`lafr_engine.client.EngineClient`.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._agent = Agent(album, target, self)
        queued = Qt.ConnectionType.QueuedConnection
        self._agent.ready.connect(self.ready, queued)
        self._agent.photo_changed.connect(self.photo_changed, queued)
        self._agent.face_changed.connect(self.face_changed, queued)
        self._agent.progressed.connect(self.progressed, queued)
        self._agent.work_changed.connect(self.work_changed, queued)
        self._agent.side_event.connect(self.side_event, queued)
        self._agent.notice.connect(self.notice, queued)
        self._agent.busy.connect(self.busy, queued)

    @Slot()
    def start(self) -> None:
        """Start the thread and the process, and work off what the album has queued."""
        self._agent.start()

    @Slot()
    def wake(self) -> None:
        """Look for jobs in the album: some were queued."""
        self._agent.post(Order.WAKE)

    @Slot()
    def pause(self) -> None:
        """Rest at the next step of the job in work."""
        self._agent.post(Order.PAUSE)

    @Slot()
    def resume(self) -> None:
        """Go on."""
        self._agent.post(Order.RESUME)

    @Slot()
    def cancel_all(self) -> None:
        """Cancel the job in work, within a second, and all of the album's that wait."""
        self._agent.post(Order.CANCEL_ALL)

    @Slot(str)
    def use_bundle(self, name: str) -> None:
        """Restore with another bundle from the next job on; "" is the one that ships."""
        self._agent.post(UseBundle(name or None))

    @Slot(object)
    def use_target(self, target: Callable[[Connection], None]) -> None:
        """Run another main in the engine process, which is started anew once no job is in work."""
        self._agent.post(UseTarget(target))

    @Slot(object)
    def submit(self, job: Job) -> None:
        """Give a job that is not the album's.

        Args:
            job: Its name must not be a number: those are the album's. While a job of this name
                has not ended, it is ignored.
        """
        self._agent.post(job)

    @Slot()
    def stop(self) -> None:
        """End thread and process; the job in work is done again next time."""
        self._agent.post(Order.CLOSE)

    @property
    def at_rest(self) -> bool:
        """Whether both have ended: :meth:`close` would not have to wait."""
        return not self._agent.isRunning()

    @Slot()
    def close(self) -> None:
        """End thread and process and wait for both."""
        self.stop()
        self._agent.wait()
