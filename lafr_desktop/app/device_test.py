"""The test of a device that the settings offer."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QObject, Signal, Slot

from lafr_engine.messages import DeviceTested, Ended, Job, Outcome, TestDevice


class DeviceTest(QObject):
    """Asks the engine for a test and hears what comes of it.

    Signals:
        asked: The job for the engine.
        tested: A :class:`DeviceTested`.
        failed: A sentence on why there was no test.
    """

    asked = Signal(object)
    tested = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = count(1)
        self._job = ""

    @Slot(str)
    def begin(self, device: str) -> None:
        """Have a device tested."""
        self._job = f"device-test-{next(self._numbers)}"
        job: Job = TestDevice(self._job, device)
        self.asked.emit(job)

    @Slot(object)
    def hear(self, event: object) -> None:
        """Listen to an event of the engine; those of other jobs are ignored."""
        if getattr(event, "job", None) != self._job:
            return
        if isinstance(event, DeviceTested):
            self.tested.emit(event)
        elif isinstance(event, Ended) and event.outcome is not Outcome.DONE:
            self.failed.emit(event.sentence or self.tr("The test was cancelled."))
