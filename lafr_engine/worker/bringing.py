"""The job that makes a bundle of a model file by others."""

from __future__ import annotations

from collections.abc import Generator

from lafr_engine.bundle.foreign import ImportRequest, import_model
from lafr_engine.errors import BundleInstalled
from lafr_engine.messages import Event, ImportModel, ModelImported, Progress


def bring_model(job: ImportModel) -> Generator[Event, None, None]:
    """Read, recognise and keep it."""
    yield Progress(job.job, 0, 1, "reading")
    request = ImportRequest(job.path, job.licence, replace=job.replace)
    try:
        folder = import_model(request)
    except BundleInstalled as error:
        yield ModelImported(job.job, job.path, None, str(error))
    else:
        yield ModelImported(job.job, job.path, folder)
