"""`python -m embedded run|engines|kafka|doctor|reset`: the no-Docker stack from the command line."""

import json
import subprocess
import sys
from typing import Any

from embedded import kafka, stack
from embedded.doctor import print_report
from embedded.preflight import CannotStart, explain, make_data_folder
from embedded.product import PYTHON
from embedded.reset import throw_data_away
from embedded.run import run
from embedded.run_folder import AlreadyRunning
from embedded.screen import Screen
from embedded.supervisor import StackFailed
from embedded.wheels import EngineMissing
from runtime.config import ConfigurationError, configuration
from runtime.options import REPOSITORY, Options
from runtime.readiness import announce_ready
from runtime.stored_secrets import store_missing_secrets


def run_stack() -> None:
    options = options_with_secrets()
    with Screen() as screen:
        run(options, stack.stack(options), screen, when_ready=lambda: screen.running(options, demo()))


def run_engines() -> None:
    options = options_with_secrets()
    with Screen() as screen:
        run(options, stack.engines(options), screen, when_ready=announce_ready)


def run_kafka() -> None:
    """A broker alone, for a person to try things with."""
    options = options_with_secrets()
    where = ",".join(options.kafka.brokers)
    with Screen() as screen:
        run(options, kafka.processes(options), screen, when_ready=lambda: screen.tell(f"Kafka: {where}"))


def doctor() -> None:
    print_report(configuration())


def reset() -> None:
    throw_data_away(configuration().data_dir)


COMMANDS = {
    "run": run_stack,
    "engines": run_engines,
    "kafka": run_kafka,
    "doctor": doctor,
    "reset": reset,
}


def options_with_secrets() -> Options:
    """The options of a start: the data folder exists, and holds the secrets that nobody set."""
    data_dir = configuration().data_dir
    make_data_folder(data_dir)
    if configuration().environment == "development":
        store_missing_secrets(data_dir)
        configuration.cache_clear()
    return configuration()


def demo() -> dict[str, Any]:
    """What `manage.py demo_info` knows, told by its module alone because Django takes a second to start.

    Nothing when it fails, which its own line explains.
    """
    command = (PYTHON, "-m", "demo.info")
    answer = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=False)
    return dict(json.loads(answer.stdout)) if answer.returncode == 0 else {}


def main(arguments: list[str]) -> None:
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if not command:
        sys.exit(f"usage: python -m embedded {'|'.join(COMMANDS)}")
    try:
        command()
    except (AlreadyRunning, CannotStart, ConfigurationError, EngineMissing, StackFailed) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(explain(error))


if __name__ == "__main__":
    main(sys.argv[1:])
