"""The stack: every process of the product, one line each, in the order in which they start."""

from embedded import kafka, postgres, product, valkey
from embedded.clickhouse import process as clickhouse
from embedded.process import Process
from runtime.options import Options


def stack(options: Options) -> list[Process]:
    return [
        *engines(options),
        product.step(options, "prepare"),
        product.web(options),
        product.worker(options),
        product.consumer(options),
        product.beat(options),
        *([product.flower(options)] if options.flower.enabled else []),
        *([product.simulator()] if _has_simulated_figures(options) else []),
    ]


def engines(options: Options) -> list[Process]:
    """The stores alone: what the test suite runs on."""
    return [
        *postgres.processes(options),
        valkey.log_server(options),
        valkey.cache_server(options),
        clickhouse.server(options),
        *(kafka.processes(options) if options.event_log == "kafka" else []),
    ]


def _has_simulated_figures(options: Options) -> bool:
    """They are the demo's, and production has no demo."""
    return options.data_source == "fake" and options.environment == "development"
