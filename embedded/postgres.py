"""The embedded Postgres: its folder and its roles (`python -m embedded.postgres`), its server, its readiness.

We run the wheel's programs ourselves: its own starter makes daemons, which no supervisor can watch.
"""

import os
import pwd
import shutil
import sys
from functools import partial
from pathlib import Path
from signal import SIGINT

import psycopg
from psycopg import sql

from embedded.launch import advice
from embedded.process import Address, NotReady, Process
from embedded.step import run_program
from embedded.wheels import EngineMissing, postgres_program
from runtime.config import ConfigurationError, configuration
from runtime.options import Options
from runtime.options import Postgres as PostgresOptions

SUPERUSER = "postgres"
# Nobody signs in as the superuser: what a query can do ends at our own database.
ACCESS_RULES = f"host all {SUPERUSER} all reject\nhost all all all scram-sha-256\n"
# Small: sized for a stack that idles on a laptop. JIT costs more than it gives on short queries.
SERVER_SETTINGS = {
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


def folder(options: Options) -> Path:
    return options.data_dir / "postgres"


def cluster(options: Options) -> Path:
    return folder(options) / "18"


def processes(options: Options) -> list[Process]:
    """The embedded server and the step before it, or the wait for somebody else's server."""
    if not options.postgres.embedded:
        return [Process(name="postgres", ready=partial(answers, options.postgres))]
    return [setup(options), server(options)]


def setup(options: Options) -> Process:
    """The step that makes the cluster once, and the role and its password at every start."""
    return Process(
        name="postgres_setup",
        once=True,
        command=(sys.executable, "-m", "embedded.postgres"),
        prepare=partial(_own_folder, folder(options)),
        user=system_user(folder(options)),
    )


def server(options: Options) -> Process:
    postgres = options.postgres
    settings = SERVER_SETTINGS | {"listen_addresses": postgres.host, "port": str(postgres.port)}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Process(
        name="postgres",
        command=(str(postgres_program("postgres")), "-D", str(cluster(options)), *flags),
        ready=partial(answers, postgres),
        address=Address(postgres.host, postgres.port, "CA_POSTGRES_PORT"),
        user=system_user(folder(options)),
        # "Fast": open transactions are rolled back. SIGTERM would wait until every client has left.
        stop_signal=SIGINT,
        stop_within=60.0,
        orphan_signal=SIGINT,
    )


def answers(postgres: PostgresOptions) -> None:
    """Raise NotReady unless a query of the product's own user is answered."""
    try:
        with psycopg.connect(
            host=postgres.host,
            port=postgres.port,
            dbname=postgres.database,
            user=postgres.user,
            password=postgres.password,
            connect_timeout=2,
        ) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        raise NotReady(str(error).strip()) from error


def system_user(data: Path) -> str:
    """Who runs Postgres, which refuses root: the folder's owner, else `nobody`. Empty: whoever we are."""
    if os.getuid() != 0:
        return ""
    owner = data.stat().st_uid if data.exists() else 0
    return pwd.getpwuid(owner).pw_name if owner else "nobody"


def make_cluster(target: Path) -> None:
    """Create the cluster in one step: what an interrupted start left behind is thrown away."""
    unfinished = target.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _run(
        [
            *(str(postgres_program("initdb")), "--pgdata", str(unfinished)),
            *("--username", SUPERUSER, "--auth", "reject", "--encoding", "UTF8"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
        ]
    )
    (unfinished / "pg_hba.conf").write_text(ACCESS_RULES)
    unfinished.rename(target)


def make_role_and_database(target: Path, postgres: PostgresOptions) -> None:
    """Bring both to what the options say, in the single-user mode that needs no sign-in. Safe to repeat."""
    program = str(postgres_program("postgres"))
    command = [program, "--single", "-j", "-D", str(target), "-c", "log_checkpoints=off", SUPERUSER]
    problems = _run(command, _role_and_database(postgres)).splitlines()
    for line in problems:
        if "ERROR:" in line and "already exists" not in line:
            sys.exit(line)


def _role_and_database(postgres: PostgresOptions) -> str:
    role, database = sql.Identifier(postgres.user), sql.Identifier(postgres.database)
    statements = [
        sql.SQL("CREATE ROLE {}").format(role),
        sql.SQL("ALTER ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, sql.Literal(postgres.password)),
        sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role),
    ]
    return "".join(statement.as_string(None) + ";\n\n" for statement in statements)


def _own_folder(path: Path) -> None:
    """Make Postgres' folder; as root, give it to the user who will run Postgres. Raises EngineMissing."""
    _refuse_the_nameless(os.getuid())
    user = system_user(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        shutil.chown(path, user)


def _refuse_the_nameless(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EngineMissing(
            f"Postgres looks up who runs it, and user {uid} has no name on this machine: run as one that "
            "has one, or use a Postgres of your own: CA_POSTGRES_EMBEDDED=false, CA_POSTGRES_HOST."
        ) from None


def _run(command: list[str], text: str = "") -> str:
    result = run_program(command, text)
    if result.returncode != 0:
        sys.exit(result.stderr or result.stdout)
    return result.stderr


def _readable_configuration() -> Options:
    """The supervisor could read it: what stops us here is only that we are another user than it is."""
    try:
        return configuration()
    except ConfigurationError as error:
        sys.exit(f"{error}{advice(pwd.getpwuid(os.getuid()).pw_name)}")


def main() -> None:
    options = _readable_configuration()
    if not cluster(options).exists():
        make_cluster(cluster(options))
    make_role_and_database(cluster(options), options.postgres)


if __name__ == "__main__":
    main()
