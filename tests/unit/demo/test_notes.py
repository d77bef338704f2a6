"""The notes of the demo are for their owner alone."""

from pathlib import Path

from demo.notes import FILE, NotedCampaign, Notes, new_notes, read_notes, write_notes


def test_notes_are_read_as_they_were_written(tmp_path: Path) -> None:
    notes = Notes(
        email="e", password="p", api_key="a", write_key="w", campaigns=(NotedCampaign("1", "cmp-1", "A"),)
    )
    write_notes(tmp_path / "new", notes)
    assert read_notes(tmp_path / "new") == notes


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    write_notes(tmp_path, new_notes())
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_every_data_folder_gets_a_password_and_keys_of_its_own() -> None:
    first, second = new_notes(), new_notes()
    assert first.password != second.password
    assert first.api_key != second.api_key
    assert first.write_key != second.write_key


def test_before_the_first_start_there_are_none(tmp_path: Path) -> None:
    assert read_notes(tmp_path) is None
