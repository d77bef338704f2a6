"""What operations staff watch and tune."""

from typing import Annotated, Literal

from runtime.options.declaring import Count, Port, Section, says


class Worker(Section, frozen=True):
    concurrency: Annotated[Count, says("Tasks that one Celery worker runs at once.")] = 1


class Flower(Section, frozen=True):
    enabled: Annotated[bool, says("Run Flower, the page of Celery's tasks and workers.")] = True
    port: Annotated[Port, says("Port of Flower.")] = 8555
    password: Annotated[str, says("Password of Flower's user `operations`.", secret=True)] = ""


class Logs(Section, frozen=True):
    level: Annotated[Literal["debug", "info", "warning", "error"], says("Least level that is written.")] = (
        "info"
    )
    format: Annotated[Literal["json", "text"], says("One JSON object a line, or text for people.")] = "json"
