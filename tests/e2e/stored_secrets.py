"""Every secret that a running stack holds: in its options, in the demo's notes and in its database."""

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from runtime.catalogue import every_option
from runtime.options import Options

SHORTEST = 8
# By name rather than from a list, so that the column of tomorrow is in here by itself.
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')
      AND column_name ~ '(password|hash|token|secret|encrypted|session_key|session_data|jti)'
"""


class StoredSecrets:
    """`more` are those that a test knows by name, like a token that it was sent."""

    def __init__(self, options: Options, demo: dict[str, Any], more: dict[str, str]) -> None:
        found = [*_of_options(options), *_of_the_demo(demo), *_of_the_database(options), *more.items()]
        self._values = [(place, value) for place, value in found if len(value) >= SHORTEST]
        self.places = {place for place, _ in self._values}

    def shown_in(self, html: str) -> list[str]:
        """Where those come from that stand in this page."""
        return sorted({place for place, value in self._values if value in html})


def _of_options(options: Options) -> list[tuple[str, str]]:
    found = [(option, option.value_in(options)) for option in every_option() if option.secret]
    return [
        (option.variable, value)
        for option, values in found
        for value in (values if option.is_list else (values,))
    ]


def _of_the_demo(demo: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"demo {name}", demo[name]) for name in ("password", "api_key")]


def _of_the_database(options: Options) -> list[tuple[str, str]]:
    where = options.postgres
    with psycopg.connect(
        host=where.host, port=where.port, dbname=where.database, user=where.user, password=where.password
    ) as connection:
        columns = connection.execute(COLUMNS).fetchall()
        return [
            (f"{table}.{column}", str(value))
            for table, column in columns
            for (value,) in connection.execute(_every_value(table, column))
        ]


def _every_value(table: str, column: str) -> Any:
    statement = SQL("SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
    return statement.format(column=Identifier(column), table=Identifier(table))
