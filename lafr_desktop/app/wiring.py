"""Who hears whom: every connection between views, controllers and the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QUrl, SignalInstance
from PySide6.QtGui import QDesktopServices

from lafr_desktop.controllers.review import Verdict
from lafr_desktop.models.photos import PhotoQuery
from lafr_desktop.models.review import PhotoReview
from lafr_desktop.views.photo import Tool
from lafr_engine.album.values import Counts, PhotoFilter

if TYPE_CHECKING:
    from lafr_desktop.app.shell import Shell


translate = QCoreApplication.translate


def connect(shell: Shell) -> None:
    """Connect everything."""
    _connect_album(shell)
    _connect_import(shell)
    _connect_filters(shell)
    _connect_work(shell)
    _connect_engine(shell)
    _connect_review(shell)
    _connect_decisions(shell)
    _connect_history(shell)
    _connect_photo(shell)
    _connect_windows(shell)


def _connect_album(shell: Shell) -> None:
    """The list of photographs and what is opened, removed and shown of it."""
    library, grid, photos = shell.controllers.library, shell.views.grid, shell.models.photos
    library.photos_loaded.connect(photos.set_photos)
    library.photos_updated.connect(lambda changed: [photos.update_photo(each) for each in changed])
    library.counts_changed.connect(grid.set_counts)
    library.counts_changed.connect(shell.views.sidebar.set_counts)
    library.counts_changed.connect(lambda counts: _show_counts(shell, counts))
    grid.opened.connect(lambda photo_id: _open_photo(shell, photo_id))
    grid.remove_requested.connect(shell.ask_to_remove)
    grid.show_in_folder_requested.connect(lambda photo_id: _show_in_folder(shell, photo_id))
    grid.selection_changed.connect(lambda ids: _show_selection(shell, ids))
    grid.side_changed.connect(lambda side: setattr(shell.settings, "thumbnail_size", side))
    shell.views.album_actions.remove.triggered.connect(
        lambda: shell.ask_to_remove(grid.selected_ids())
    )


def _connect_import(shell: Shell) -> None:
    library, grid, actions = shell.controllers.library, shell.views.grid, shell.views.album_actions
    actions.import_files.triggered.connect(lambda: shell.dialogs.ask_photos(library.import_paths))
    actions.import_folder.triggered.connect(lambda: shell.dialogs.ask_folder(library.import_paths))
    grid.import_requested.connect(actions.import_files.trigger)
    grid.dropped.connect(library.import_paths)
    window = shell.views.window
    library.import_begun.connect(lambda: grid.set_importing(True))
    library.import_begun.connect(
        lambda: window.show_progress(translate("Shell", "Looking for photographs"), 0, 0)
    )
    library.import_ended.connect(lambda: grid.set_importing(False))
    library.import_ended.connect(lambda: window.show_progress("", 1, 1))
    actions.cancel.triggered.connect(library.stop_import)
    library.import_progressed.connect(
        lambda done, total, name: window.show_progress(
            translate("Shell", "Importing {done} of {total}: {name}").format(
                done=done, total=total, name=name
            ),
            done,
            total,
        )
    )
    library.import_finished.connect(shell.tell_import)


def _connect_filters(shell: Shell) -> None:
    """The sidebar and the bar above the grid show one and the same query."""
    library, grid, sidebar = shell.controllers.library, shell.views.grid, shell.views.sidebar

    def from_sidebar(which: PhotoFilter) -> None:
        query = replace(grid.filter_bar.query, filter=which)
        grid.filter_bar.set_query(query)
        library.set_query(query)

    def from_grid(query: PhotoQuery) -> None:
        sidebar.set_filter(query.filter)
        library.set_query(query)

    sidebar.filter_chosen.connect(from_sidebar)
    grid.query_changed.connect(from_grid)
    sidebar.set_albums(shell.settings.recent_albums, shell.album.folder)
    sidebar.album_chosen.connect(shell.request_album)


def _connect_work(shell: Shell) -> None:
    """What is given to the engine."""
    batch, actions, views = shell.controllers.batch, shell.views.album_actions, shell.views
    actions.restore_new.triggered.connect(batch.restore_new)
    actions.restore_all.triggered.connect(batch.restore_all)
    actions.restore_selected.triggered.connect(lambda: batch.restore_photos(_chosen_photos(shell)))
    actions.retry.triggered.connect(batch.retry)
    actions.cancel.triggered.connect(shell.engine.cancel_all)
    actions.pause.triggered.connect(
        lambda paused: shell.engine.pause() if paused else shell.engine.resume()
    )
    actions.export.triggered.connect(lambda: shell.ask_to_export(_chosen_photos(shell)))
    views.grid.restore_requested.connect(batch.restore_photos)
    views.grid.export_requested.connect(shell.ask_to_export)
    batch.lines_changed.connect(shell.models.jobs.set_lines)
    batch.nothing_to_do.connect(
        lambda: views.window.say(
            translate("Shell", "There is nothing to do: all of it is restored.")
        )
    )
    batch.jobs_queued.connect(shell.controllers.library.refresh)
    for controller in (batch, shell.controllers.export, shell.controllers.edits):
        controller.jobs_queued.connect(shell.engine.wake)
    for signal in _failures(shell):
        signal.connect(shell.warn)
    shell.controllers.background.crashed.connect(shell.crashed)
    shell.views.photo.crashed.connect(shell.crashed)


def _failures(shell: Shell) -> list[SignalInstance]:
    """Where controllers tell what could not be done."""
    controllers = shell.controllers
    return [
        controllers.batch.failed,
        controllers.export.failed,
        controllers.library.failed,
        controllers.review.failed,
        controllers.history.failed,
        controllers.edits.failed,
        shell.views.photo.failed,
    ]


def _connect_engine(shell: Shell) -> None:
    """What the engine tells."""
    engine, window, controllers = shell.engine, shell.views.window, shell.controllers
    engine.ready.connect(window.show_device)
    engine.ready.connect(shell.dialogs.set_device)
    engine.photo_changed.connect(controllers.library.photo_changed)
    engine.photo_changed.connect(lambda photo_id: _refresh_if_shown(shell, photo_id))
    engine.work_changed.connect(window.show_work)
    engine.work_changed.connect(lambda _: controllers.batch.refresh_soon())
    engine.work_changed.connect(lambda _: controllers.export.look_soon())
    engine.notice.connect(window.say)
    engine.busy.connect(shell.warn)
    engine.side_event.connect(shell.device_test.hear)
    shell.device_test.asked.connect(engine.submit)
    shell.device_test.tested.connect(shell.dialogs.show_device_test)
    shell.device_test.failed.connect(shell.dialogs.show_device_test_failed)
    engine.side_event.connect(shell.model_import.hear)
    shell.model_import.asked.connect(engine.submit)
    shell.model_import.imported.connect(shell.dialogs.model_imported)
    shell.model_import.imported.connect(shell.models.bundles.refresh)
    shell.model_import.exists.connect(shell.dialogs.model_exists)
    shell.model_import.failed.connect(shell.dialogs.model_failed)


def _connect_review(shell: Shell) -> None:
    """What is under review is shown everywhere at once."""
    controllers, views = shell.controllers, shell.views
    review = controllers.review
    review.shown.connect(lambda shown: shell.models.faces.set_faces(shown.faces))
    review.shown.connect(shell.stage.show_review)
    review.shown.connect(views.page.show_review)
    review.shown.connect(controllers.pictures.show_review)
    review.shown.connect(lambda shown: _show_what_can_be_done(shell, shown))
    review.photo_changed.connect(controllers.library.photo_changed)
    review.all_reviewed.connect(views.page.show_end)
    review.all_reviewed.connect(lambda: _tell_end(shell))
    controllers.edits.edited.connect(controllers.library.photo_changed)
    controllers.pictures.face_ready.connect(shell.models.faces.set_thumbnail)
    controllers.pictures.candidate_ready.connect(views.bar.set_candidate_image)


def _connect_decisions(shell: Shell) -> None:
    actions, review = shell.views.face_actions, shell.controllers.review
    edits = shell.controllers.edits
    actions.review.triggered.connect(lambda: _start_review(shell))
    actions.back.triggered.connect(lambda: _back_to_album(shell))
    actions.accept.triggered.connect(lambda: review.decide(Verdict.ACCEPT))
    actions.reject.triggered.connect(lambda: review.decide(Verdict.REJECT))
    actions.not_a_face.triggered.connect(lambda: review.decide(Verdict.NOT_A_FACE))
    actions.undo.triggered.connect(lambda: _undo(shell))
    actions.redo.triggered.connect(lambda: _redo(shell))
    actions.next.triggered.connect(review.next_face)
    actions.previous.triggered.connect(review.previous_face)
    actions.another_seed.triggered.connect(edits.another_seed)


def _connect_history(shell: Shell) -> None:
    """Undo and redo are offered as long as there is something to take back or to repeat."""
    controllers, history = shell.controllers, shell.controllers.history
    history.changed.connect(shell.views.face_actions.show_steps)
    controllers.review.shown.connect(history.look)
    controllers.review.photo_changed.connect(history.look)
    controllers.edits.edited.connect(history.look)
    controllers.library.counts_changed.connect(history.look)  # others decide and remove as well
    shell.views.photo.held.connect(history.hold)
    shell.stage.unsaved_changed.connect(history.wait)


def _connect_photo(shell: Shell) -> None:
    """What is done on the photograph, in the strip and in the bar."""
    views, review, edits = shell.views, shell.controllers.review, shell.controllers.edits
    actions, photo = views.face_actions, views.photo
    views.strip.chosen.connect(review.go_to)
    views.bar.strength_previewed.connect(shell.stage.preview_strength)
    views.bar.strength_chosen.connect(edits.set_strength)
    views.bar.candidate_chosen.connect(edits.choose_candidate)
    photo.face_clicked.connect(review.select)
    photo.face_moved.connect(edits.move_face)
    photo.face_drawn.connect(edits.draw_face)
    photo.invented_changed.connect(views.bar.show_invented)
    shell.stage.keep_drawn.connect(edits.set_keep)
    actions.draw.triggered.connect(lambda on: photo.set_tool(Tool.DRAW_FACE if on else Tool.PAN))
    actions.keep.triggered.connect(lambda on: photo.set_tool(Tool.KEEP_BRUSH if on else Tool.PAN))
    photo.tool_changed.connect(lambda tool: actions.draw.setChecked(tool is Tool.DRAW_FACE))
    photo.tool_changed.connect(lambda tool: actions.keep.setChecked(tool is Tool.KEEP_BRUSH))
    photo.tool_changed.connect(lambda tool: views.window.show_hint(_hint(tool)))


def _connect_windows(shell: Shell) -> None:
    actions, dialogs = shell.views.album_actions, shell.dialogs
    actions.settings.triggered.connect(dialogs.show_settings)
    actions.models.triggered.connect(dialogs.show_models)
    actions.about.triggered.connect(dialogs.show_about)
    actions.shortcuts.triggered.connect(dialogs.show_shortcuts)
    actions.open_album.triggered.connect(
        lambda: dialogs.ask_album(lambda paths: shell.request_album(paths[0]))
    )
    actions.quit.triggered.connect(shell.views.window.close)
    dialogs.device_test_requested.connect(shell.device_test.begin)
    dialogs.model_import_requested.connect(shell.model_import.begin)
    dialogs.clear_cache_requested.connect(shell.clear_thumbnails)
    dialogs.cache_size_requested.connect(shell.measure_thumbnails)
    shell.settings.changed.connect(shell.follow_setting)
    shell.views.window.closing.connect(shell.quit)


def _chosen_photos(shell: Shell) -> Sequence[int]:
    """The photograph that is open, or else those selected in the album."""
    review = shell.controllers.review.review
    if shell.views.window.shows_photo and review is not None:
        return [review.photo.id]
    return shell.views.grid.selected_ids()


def _hint(tool: Tool) -> str:
    """What to do with a tool; nothing needs to be said of the one to look around with."""
    hints = {
        Tool.DRAW_FACE: translate(
            "Shell", "Draw a box around the face that was missed. Esc puts the tool down."
        ),
        Tool.KEEP_BRUSH: translate(
            "Shell",
            "Paint over what shall stay as it was. Shift takes paint away. Esc ends.",
        ),
    }
    return hints.get(tool, "")


def _open_photo(shell: Shell, photo_id: int) -> None:
    """Show a photograph and its faces."""
    shell.controllers.review.open_photo(photo_id)
    _show_photo_page(shell)


def _start_review(shell: Shell) -> None:
    shell.controllers.review.start()
    if shell.controllers.review.review is not None:
        _show_photo_page(shell)


def _show_photo_page(shell: Shell) -> None:
    review = shell.controllers.review.review
    if review is not None:
        shell.views.window.show_photo()
        _show_what_can_be_done(shell, review)
        shell.views.photo.setFocus()


def _back_to_album(shell: Shell) -> None:
    review = shell.controllers.review.review
    shell.controllers.review.leave()
    shell.views.photo.set_tool(Tool.PAN)  # the next photograph is first looked at
    shell.stage.clear()
    shell.views.window.show_album()
    if review is not None:
        shell.views.grid.select(review.photo.id)


def _undo(shell: Shell) -> None:
    """Take back a stroke in the middle of it, or else the last decision; strokes are decisions."""
    if not shell.views.photo.cancel_gesture():
        _revisit(shell, shell.controllers.review.undo)


def _redo(shell: Shell) -> None:
    _revisit(shell, shell.controllers.review.redo)


def _revisit(shell: Shell, step: Callable[[], None]) -> None:
    """Go through the decisions once the strokes painted last are among them."""

    def then() -> None:
        step()
        shell.controllers.history.look()  # a face that is gone now is not shown
        _show_photo_page(shell)

    shell.stage.when_saved(then)


def _tell_end(shell: Shell) -> None:
    if not shell.views.window.shows_photo:
        shell.views.window.say(translate("Shell", "No face waits for a decision."))


def _show_counts(shell: Shell, counts: Counts) -> None:
    shell.views.page.show_left(counts.faces_to_review, counts.held)
    shell.views.face_actions.review.setEnabled(counts.review + counts.held > 0)


def _show_what_can_be_done(shell: Shell, shown: PhotoReview) -> None:
    actions, face = shell.views.face_actions, shown.selected
    if not shell.views.window.shows_photo:
        return
    for action in (actions.reject, actions.not_a_face, actions.another_seed):
        action.setEnabled(face is not None)
    for action in (actions.accept, actions.keep, actions.stronger, actions.weaker):
        action.setEnabled(face is not None and face.candidate_id is not None)


def _refresh_if_shown(shell: Shell, photo_id: int) -> None:
    review = shell.controllers.review.review
    if review is not None and review.photo.id == photo_id:
        shell.controllers.review.refresh()


def _show_selection(shell: Shell, ids: Sequence[int]) -> None:
    actions = shell.views.album_actions
    actions.remove.setEnabled(bool(ids))
    actions.restore_selected.setEnabled(bool(ids))


def _show_in_folder(shell: Shell, photo_id: int) -> None:
    photo = shell.models.photos.photo(photo_id)
    if photo is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(photo.path).parent)))
