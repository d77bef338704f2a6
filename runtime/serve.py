"""Starts the web server: granian with our options, our log lines and shared metrics.

`python -m runtime.serve` is what the supervisor and a container run. Only granian's workers load Django.
"""

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from runtime.config import configuration, exit_if_refused
from runtime.options import Options
from runtime.telemetry.logs import configure_logs, logging_settings
from runtime.telemetry.metric_files import share_metrics

APPLICATION = "analytics_project.wsgi:application"
_SECONDS_TO_FINISH = 10
# Of all headers together, which is far more than a browser sends: their readers are slow on long ones.
_MOST_HEADER_BYTES = 64 * 1024


def serve(options: Options) -> None:
    """Blocks until it is told to stop. A worker that dies is started again, the others answer meanwhile."""
    Server(
        APPLICATION,
        address=options.web.host,
        port=options.web.port,
        interface=Interfaces.WSGI,
        workers=options.web.workers,
        blocking_threads=options.web.threads,
        websockets=False,
        http=HTTPModes.http1,  # HTTP/2 would take 16 MB of them
        http1_settings=HTTP1Settings(max_buffer_size=_MOST_HEADER_BYTES),
        log_access=False,
        log_dictconfig=logging_settings(options.logs),
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=_SECONDS_TO_FINISH,
    ).serve()


def main() -> None:
    with exit_if_refused():
        options = configuration()
    configure_logs(logging_settings(options.logs))
    share_metrics(options.data_dir, "web")
    serve(options)


if __name__ == "__main__":
    main()
