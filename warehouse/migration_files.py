"""The numbered SQL files: read, checked, and rendered for one node or a cluster.

A shipped file is frozen: its hash stands in `checksums.txt`, and in every warehouse that it was applied to.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from warehouse.errors import MigrationError
from warehouse.sql_statements import Statement, split

FOLDER = Path(__file__).with_name("migrations")
CHECKSUMS = "checksums.txt"

_FILE_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
# A migration that was cut short is run again from its first statement. Rows that are copied twice replace
# themselves: every table keeps one of a key.
_REPEATABLE = re.compile(
    r"""CREATE\s+(TABLE|DATABASE|VIEW|MATERIALIZED\s+VIEW|DICTIONARY|FUNCTION)\s+IF\s+NOT\s+EXISTS\b
      | CREATE\s+OR\s+REPLACE\b
      | DROP\s+(TABLE|DATABASE|VIEW|DICTIONARY|FUNCTION)\s+IF\s+EXISTS\b
      | ALTER\s+TABLE\s+\S+\s+(\{\{on_cluster\}\}\s+)?
        ( ADD\s+(COLUMN|INDEX|CONSTRAINT|PROJECTION)\s+IF\s+NOT\s+EXISTS\b
        | (DROP|RENAME|CLEAR|COMMENT|MODIFY)\s+(COLUMN|INDEX|CONSTRAINT|PROJECTION)\s+IF\s+EXISTS\b
        | MODIFY\s+(QUERY|SETTING|TTL|COMMENT)\b )
      | INSERT\s+INTO\s+\w+\s+\([^)]+\)\s+SELECT\b""",
    re.VERBOSE | re.IGNORECASE,
)


class Migration(Struct, frozen=True):
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[Statement]:
        return split(self.sql)

    def rendered(self, cluster: str) -> list[str]:
        """What is sent to the server; an empty `cluster` means one node."""
        wanted = [each for each in self.statements if cluster or not each.cluster_only]
        return [_fill(each.text, _values(cluster)) for each in wanted]

    def copies_into(self, table: str, cluster: str) -> list[str]:
        """The statements that fill this table with what lies in others."""
        return [text for text in self.rendered(cluster) if text.startswith(f"INSERT INTO {table} (")]


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """Every file in order. Raises MigrationError for a name, a gap or a statement that cannot be."""
    migrations = [_read(path) for path in sorted(folder.glob("*.sql"))]
    numbers = [migration.number for migration in migrations]
    if numbers != list(range(1, len(numbers) + 1)):
        raise MigrationError(f"The files must be numbered from 0001 without a gap; they are {numbers}.")
    for migration in migrations:
        _refuse_unrepeatable(migration)
    return migrations


def checksum_lines(migrations: Sequence[Migration]) -> str:
    """What `checksums.txt` must hold."""
    return "".join(f"{migration.checksum}  {migration.name}.sql\n" for migration in migrations)


def _read(path: Path) -> Migration:
    match = _FILE_NAME.fullmatch(path.name)
    if not match:
        raise MigrationError(f"{path.name} must be named like 0001_what_it_brings.sql.")
    return Migration(int(match["number"]), path.stem, path.read_text())


def _refuse_unrepeatable(migration: Migration) -> None:
    for statement in migration.statements:
        if not _REPEATABLE.match(statement.text):
            raise MigrationError(
                f"{migration.name}: `{statement.title}` cannot be run twice, as happens when a run is cut"
                " short. Write it with IF NOT EXISTS or IF EXISTS."
            )


def _values(cluster: str) -> dict[str, str]:
    if not cluster:
        return {"cluster": "", "on_cluster": "", "local": "", "replicated": ""}
    return {
        "cluster": cluster,
        "on_cluster": f"ON CLUSTER '{cluster}'",
        "local": "_local",
        "replicated": "Replicated",
    }


def _fill(text: str, values: dict[str, str]) -> str:
    unknown = set(_PLACEHOLDER.findall(text)) - values.keys()
    if unknown:
        raise MigrationError(f"Unknown placeholder {{{{{unknown.pop()}}}}}; there are {', '.join(values)}.")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
