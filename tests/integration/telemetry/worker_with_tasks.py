"""The product's Celery application with three tasks of the test's own: `celery -A <this module> worker`."""

from analytics_project.celery import app


@app.task(name="tests.succeeds")
def succeeds() -> None:
    """Nothing to do."""


@app.task(name="tests.fails")
def fails() -> None:
    raise ValueError("redis://:hunter2@localhost refused")


@app.task(name="tests.retries", bind=True, max_retries=1)
def retries(self) -> None:  # type: ignore[no-untyped-def]
    if self.request.retries == 0:
        raise self.retry(countdown=0)
