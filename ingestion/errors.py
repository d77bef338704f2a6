"""The failures that are expected here. Whatever else is raised is a mistake of ours: it crashes."""


class InvalidEvent(ValueError):
    """The event can never be accepted as it is: tell its sender, or park it and go on.

    `field` is a path like `payload.spend`, empty for the whole; `code` is stable and meant for programs.
    It is a ValueError so that msgspec lets it pass when a struct refuses its own values.
    """

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.code = code
        self.field = field
        self.message = message


class TransientFailure(Exception):
    """A server that we need is away, full or too slow: hold what there is, wait, try again; lose nothing."""

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        """`retry_after` is in seconds, for the wait and for the answer's Retry-After."""
        super().__init__(message)
        self.retry_after = retry_after
