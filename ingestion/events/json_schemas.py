"""The published JSON Schemas of what stands on the log: one per kind and version, generated from the structs.

`python -m ingestion.events.json_schemas` writes them; a test refuses stale ones.
"""

from pathlib import Path

import msgspec

from ingestion.events.envelope import SCHEMA_VERSION, Interaction, MetricEvent, Snapshot
from runtime.options import REPOSITORY

FOLDER = REPOSITORY / "docs" / "reference" / "events"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
STRUCTS = {"metric": MetricEvent, "interaction": Interaction, "snapshot": Snapshot}
FILE_NAMES = {kind: f"{kind}-v{SCHEMA_VERSION}.json" for kind in STRUCTS}


def published() -> dict[str, str]:
    """The text of every schema by its file name."""
    schemas = {kind: {"$schema": DRAFT, **msgspec.json.schema(struct)} for kind, struct in STRUCTS.items()}
    return {
        FILE_NAMES[kind]: msgspec.json.format(msgspec.json.encode(schema)).decode() + "\n"
        for kind, schema in schemas.items()
    }


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in published().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(FOLDER)
