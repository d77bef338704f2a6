"""A Postgres that takes calls and answers none: dead letters wait for it, the consumer does not hang."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import pytest
from django.db import connections
from msgspec import structs

from embedded.child import launch_command
from embedded.ports import free_ports
from embedded.postgres import cluster, server, setup
from embedded.process_table import family
from ingestion.dead_letters.models import ConsumerStop, DeadLetter
from ingestion.eventlog.base import Entry
from ingestion.eventlog.topics import METRIC_EVENTS
from runtime.config import configuration
from runtime.options import Options
from tests.contract.eventlog.engines import Engine
from tests.integration.ingestion.pipeline.world import World
from tests.logged_events import METRIC_COLUMNS, metric, metric_rows
from tests.running_stack import wait_until


class OwnPostgres:
    """A server that a test may stop, with the tables that a consumer needs."""

    def __init__(self, options: Options) -> None:
        postgres = options.postgres
        self.environment = {
            "CA_POSTGRES_PORT": str(postgres.port),
            "CA_POSTGRES_DATABASE": postgres.database,
            "CA_POSTGRES_PASSWORD": postgres.password,
        }
        self._options = options
        self._engine = Engine(server(options), options.data_dir / "postgres.log")
        self._database = connections["default"].copy()
        self._database.settings_dict |= {"PORT": postgres.port, "NAME": postgres.database}

    @contextmanager
    def running(self) -> Iterator[None]:
        making = setup(self._options)
        assert making.prepare
        making.prepare()
        places = {"CA_DATA_DIR": str(self._options.data_dir)}
        subprocess.run(launch_command(making), env=os.environ | self.environment | places, check=True)
        self._engine.start()
        try:
            with self._database.schema_editor() as editor:
                for model in (DeadLetter, ConsumerStop):
                    editor.create_model(model)
            yield
        finally:
            self._database.close()
            self._engine.kill()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        pids = family(int((cluster(self._options) / "postmaster.pid").read_text().split()[0]))
        try:
            for pid in pids:  # the one that takes calls first
                os.kill(pid, SIGSTOP)
            yield
        finally:
            for pid in pids:
                os.kill(pid, SIGCONT)

    def payloads(self) -> list[bytes]:
        with self._database.cursor() as cursor:
            cursor.execute("SELECT payload FROM ingestion_deadletter ORDER BY position")
            return [bytes(payload) for (payload,) in cursor.fetchall()]


@pytest.fixture
def own_postgres(transactional_db: None) -> Iterator[OwnPostgres]:
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # as root, Postgres runs as another user
        postgres = structs.replace(configuration().postgres, port=port, database="campaign_analytics")
        own = OwnPostgres(structs.replace(configuration(), data_dir=folder, postgres=postgres))
        with own.running():
            yield own


def test_dead_letters_wait_for_a_postgres_that_answers_nobody_and_nothing_is_lost(
    redis_world: World, own_postgres: OwnPostgres
) -> None:
    good = [metric(redis_world.workspace, number) for number in range(5)]
    consumer = redis_world.consumer(**own_postgres.environment).wait_until_ready()
    assert redis_world.log.produce(METRIC_EVENTS, [Entry(b"a campaign", b"broken 0")]) == {}
    wait_until(lambda: own_postgres.payloads() == [b"broken 0"], "it has a connection")
    with own_postgres.stopped():
        assert redis_world.log.produce(METRIC_EVENTS, [Entry(b"a campaign", b"broken 1")]) == {}
        redis_world.put(good)
        wait_until(lambda: "Holding back while burying" in consumer.said(), "it holds the batch")
        assert redis_world.lag() > 0
    redis_world.wait_until_drained()
    assert own_postgres.payloads() == [b"broken 0", b"broken 1"]
    assert redis_world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(good)
    assert consumer.drained() == 0
