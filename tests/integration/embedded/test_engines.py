"""The engines as they really run: who may do what, and what survives."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from embedded import postgres, valkey
from embedded.child import launch_command
from embedded.engines import EnginesFailed, running_engines, throw_away_places
from embedded.process import NotReady, Process
from runtime.catalogue import PREFIX
from runtime.config import configuration, read_configuration
from runtime.options import Options
from runtime.stored_secrets import store_missing_secrets

as_root_only = pytest.mark.skipif(os.getuid() != 0, reason="only root changes users")


def environment_of(data_dir: Path, **options: str) -> dict[str, str]:
    store_missing_secrets(data_dir)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**inherited, **throw_away_places(data_dir), **options}


def connect(options: Options, **other: object) -> psycopg.Connection:
    server = options.postgres
    account = {"dbname": server.database, "user": server.user, "password": server.password}
    return psycopg.connect(host=server.host, port=server.port, **(account | other))


def setting(server: str, name: str) -> str:
    """What a running Valkey says to CONFIG GET."""
    options = configuration()
    chosen = options.redis_log if server == "redis_log" else options.redis_cache
    with redis.Redis(chosen.host, chosen.port, password=chosen.password) as client:
        return client.config_get(name)[name]


def test_the_database_user_may_create_databases_and_is_no_superuser() -> None:
    with connect(configuration()) as connection:
        row = connection.execute(
            "SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

    assert row == (True, False)


def test_nobody_signs_in_as_the_superuser() -> None:
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects"):
        connect(configuration(), user=postgres.SUPERUSER)


def test_the_database_speaks_utf8_and_sorts_by_code_point() -> None:
    with connect(configuration()) as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocale FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()

    assert row == ("UTF8", "C.UTF-8")


def test_a_wrong_password_is_not_ready() -> None:
    server = configuration().redis_log

    with pytest.raises(NotReady, match="WRONGPASS"):
        valkey.ping(server.host, server.port, "guessed")


@pytest.mark.parametrize(
    ("server", "name", "value"),
    [
        ("redis_log", "appendfsync", "always"),
        ("redis_log", "appendonly", "yes"),
        ("redis_log", "maxmemory-policy", "noeviction"),
        ("redis_cache", "appendonly", "no"),
        ("redis_cache", "save", ""),
        ("redis_cache", "maxmemory-policy", "allkeys-lru"),
        ("redis_cache", "maxmemory", str(128 * 1024 * 1024)),
    ],
)
def test_the_log_server_keeps_everything_and_the_cache_is_bounded(server: str, name: str, value: str) -> None:
    assert setting(server, name) == value


def test_a_second_start_finds_the_data_and_takes_a_new_password(tmp_path: Path) -> None:
    first = environment_of(tmp_path)
    with running_engines(first), connect(read_configuration(first, "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    second = first | {"CA_POSTGRES_PASSWORD": "it's \\another"}
    with running_engines(second), connect(read_configuration(second, "")) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_an_interrupted_first_start_is_made_good(tmp_path: Path) -> None:
    environment = environment_of(tmp_path)
    options = read_configuration(environment, "")
    unfinished = postgres.cluster(options).with_suffix(".new")
    unfinished.mkdir(parents=True)
    (unfinished / "half").touch()

    with running_engines(environment), connect(options) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not unfinished.exists()


def test_engines_that_cannot_start_say_why(tmp_path: Path) -> None:
    environment = environment_of(tmp_path, CA_POSTGRES_PORT=str(configuration().postgres.port))

    with pytest.raises(EnginesFailed, match="is taken by postgres"), running_engines(environment):
        pass


def test_somebody_elses_servers_are_used_where_they_are(tmp_path: Path) -> None:
    theirs = configuration()
    environment = environment_of(
        tmp_path,
        CA_POSTGRES_EMBEDDED="false",
        CA_POSTGRES_PORT=str(theirs.postgres.port),
        CA_POSTGRES_PASSWORD=theirs.postgres.password,
    )

    with running_engines(environment):
        assert not (tmp_path / "postgres").exists()


@as_root_only
def test_as_root_postgres_runs_as_somebody_else_and_owns_its_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    environment = environment_of(tmp_path)
    options = read_configuration(environment, "")

    with running_engines(environment):
        pid_file = postgres.cluster(options) / "postmaster.pid"
        server = int(pid_file.read_text().splitlines()[0])
        assert Path(f"/proc/{server}").stat().st_uid != 0

    assert postgres.folder(options).owner() == "nobody"


@as_root_only
def test_whoever_root_becomes_reaches_a_closed_folder_with_one_capability_and_no_other(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    closed = tmp_path / "closed"
    closed.write_text("inside")
    closed.chmod(0o600)
    look = (
        "import os, sys; print(os.getuid() != 0, os.access(sys.argv[1], os.R_OK), open(sys.argv[1]).read())"
    )
    look += "; print([line for line in open('/proc/self/status') if line.startswith('CapEff')])"
    order = Process(name="look", user="nobody", command=(sys.executable, "-c", look, str(closed)))

    result = subprocess.run(launch_command(order), capture_output=True, text=True, check=False)

    assert result.stdout.splitlines() == ["True True inside", "['CapEff:\\t0000000000000002\\n']"]


@as_root_only
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_a_root_without_capabilities_is_told_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    bounded = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]

    result = subprocess.run(
        [*bounded, sys.executable, "-m", "embedded", "engines"],
        env=environment_of(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert "run the product as an ordinary user, or set CA_POSTGRES_EMBEDDED=false" in result.stderr
