"""A consumer in a process of its own: each line of its input is an order, and is answered with a line.

`read N` polls until N records are there and tells them; `commit` commits them and tells how many partitions
had been taken away.
"""

import sys

from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import METRIC_EVENTS
from runtime.config import configuration
from tests.contract.eventlog.engines import IMPATIENT
from tests.contract.eventlog.reading import read, values


def main() -> None:
    consumer = open_log(configuration(), IMPATIENT).consumer(MAIN_GROUP, [METRIC_EVENTS])
    receipts = []
    for line in sys.stdin:
        order, _, number = line.strip().partition(" ")
        if order == "read":
            batch = read(consumer, int(number))
            receipts = batch.receipts
            answer = b" ".join(values(batch.records)).decode()
        else:
            answer = str(len(consumer.commit(receipts)))
        print(answer, flush=True)


if __name__ == "__main__":
    main()
