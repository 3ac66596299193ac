from __future__ import annotations

import pytest

from lafr_desktop.__main__ import main


def test_the_window_that_is_not_there_yet_names_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 2
    said = capsys.readouterr()
    assert "lafr restore" in said.err
    assert said.out == ""
