"""Times as statements compare them with columns that hold parts of a second."""


def instant(seconds: str) -> str:
    """`seconds` is an SQL expression of whole ones since 1970.

    ClickHouse's index takes `x < toDateTime(n)` for `x <= toDateTime(n - 1)` even where `x` has milliseconds,
    and leaves out parts and granules that begin within that last second (its issue 113993).
    """
    return f"toDateTime64({seconds}, 3, 'UTC')"
