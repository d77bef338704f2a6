"""What the database refuses, told as the field that was wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from api.problems import field_problem
from campaigns.models import Campaign, Connection

# Rules that a race can break between a check and a write, and the field that each one judges.
FIELDS = {
    "one_campaign_a_reference": "reference",
    "one_campaign_an_external_id": "external_id",
    "one_connection_an_account": "external_account_id",
}
MESSAGES = {
    rule.name: str(rule.violation_error_message)
    for model in (Campaign, Connection)
    for rule in model._meta.constraints
}


@contextmanager
def refused_as_field_errors() -> Iterator[None]:
    """A unique value that is taken becomes a 400 on its field; the enclosing transaction stays usable."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        broken = constraint_of(error)
        if broken not in FIELDS:
            raise
        raise field_problem(FIELDS[broken], "unique", MESSAGES[broken]) from None


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that Postgres says was broken."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", ""))
