"""The published schemas are those of the structs."""

from pathlib import Path

import msgspec

from ingestion.events.json_schemas import FOLDER, published, write
from ingestion.events.sent import SentEvent


def on_disk(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_published_schemas_are_current() -> None:
    assert on_disk(FOLDER) == published(), "Run `make reference`."


def test_a_stale_schema_is_noticed(tmp_path: Path) -> None:
    write(tmp_path)
    assert on_disk(tmp_path) == published()
    (tmp_path / "metric-v1.json").write_text("{}")
    assert on_disk(tmp_path) != published()


def test_there_is_one_schema_for_each_kind() -> None:
    assert set(published()) == {"metric-v1.json", "interaction-v1.json", "snapshot-v1.json"}


def test_no_pattern_is_spelled_as_python_alone_reads_it() -> None:
    sent = msgspec.json.encode(msgspec.json.schema(SentEvent)).decode()
    assert not [text for text in [sent, *published().values()] if r"\\Z" in text]
