"""A session's connections of the engine, with the settings that each query wants."""

from embedded.clickhouse.configuration import Limits
from embedded.clickhouse.engine import Engine, EngineConnection
from embedded.clickhouse.protocol import Setting
from embedded.clickhouse.settings import WriterSettings, reader_ceilings, reader_settings
from embedded.clickhouse.statements import identifier, tokens
from embedded.clickhouse.users import User


class Connections:
    """One that works and, from the first need on, one aside of it."""

    def __init__(self, engine: Engine, limits: Limits, name: str, user: User, database: str) -> None:
        """Raises QueryError if there is no such database."""
        self._engine = engine
        self._name = name
        self.read_only = user.read_only
        self._database = database
        self._ceilings = reader_ceilings(limits)
        self._heard: dict[str, Setting] = {}
        self._main = _Slot()
        self._aside = _Slot()
        self.main({})

    def main(self, heard: dict[str, Setting]) -> EngineConnection:
        self._heard = heard
        return self._ready(self._main)

    def aside(self) -> EngineConnection:
        """For what is asked of the engine while the main connection streams; with the same settings."""
        return self._ready(self._aside)

    def remember(self, statement: str) -> None:
        """SET and USE of a client last as long as its session."""
        found = tokens(statement[:1000])
        word = found[0].word if found else ""
        if word == "SET":
            self._main.writer_settings.remember(statement)
        elif word == "USE" and len(found) > 1:
            self._main.database = self._database = found[-1].name or found[-2].name

    def close(self) -> None:
        for slot in (self._main, self._aside):
            if slot.connection is not None:
                slot.connection.close()

    def _ready(self, slot: "_Slot") -> EngineConnection:
        if self.read_only:
            return self._ready_for_reader(slot)
        connection = slot.connection or self._open(slot, {})
        if slot.database != self._database:
            connection.run(f"USE {identifier(self._database)}")
            slot.database = self._database
        slot.writer_settings.put_in_force(connection, self._heard)
        return connection

    def _ready_for_reader(self, slot: "_Slot") -> EngineConnection:
        """Opened anew for other settings: `readonly` cannot be undone on a connection."""
        wanted = reader_settings(self._heard, self._ceilings)
        if slot.connection is not None and slot.reader_settings == wanted:
            return slot.connection
        if slot.connection is not None:
            slot.connection.close()
            slot.connection = None
        return self._open(slot, wanted)

    def _open(self, slot: "_Slot", settings: dict[str, str]) -> EngineConnection:
        slot.connection = self._engine.open(self._name, settings, self._database)
        slot.database, slot.reader_settings = self._database, settings
        return slot.connection


class _Slot:
    """A connection, and what is in force on it."""

    def __init__(self) -> None:
        self.connection: EngineConnection | None = None
        self.database = ""
        self.reader_settings: dict[str, str] = {}
        self.writer_settings = WriterSettings()
