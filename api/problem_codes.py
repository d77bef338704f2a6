"""The closed list of what a request can be answered with when it fails."""

from enum import Enum
from http import HTTPStatus


class ProblemCode(Enum):
    """`code` is stable and meant for programs; status and title follow from it."""

    INVALID = ("invalid", HTTPStatus.BAD_REQUEST, "Some fields are not valid")
    MALFORMED = ("malformed_body", HTTPStatus.BAD_REQUEST, "The body is not what its content type says")
    NOT_AUTHENTICATED = ("not_authenticated", HTTPStatus.UNAUTHORIZED, "Credentials are missing")
    INVALID_CREDENTIALS = (
        "invalid_credentials",
        HTTPStatus.UNAUTHORIZED,
        "Credentials are wrong, expired or revoked",
    )
    PERMISSION_DENIED = ("permission_denied", HTTPStatus.FORBIDDEN, "Your role does not allow this")
    NOT_FOUND = ("not_found", HTTPStatus.NOT_FOUND, "There is nothing here")
    METHOD_NOT_ALLOWED = (
        "method_not_allowed",
        HTTPStatus.METHOD_NOT_ALLOWED,
        "This route has no such method",
    )
    NOT_ACCEPTABLE = ("not_acceptable", HTTPStatus.NOT_ACCEPTABLE, "No representation fits the Accept header")
    CONFLICT = ("conflict", HTTPStatus.CONFLICT, "The present state does not allow this")
    BELOW_RAW_FLOOR = (
        "below_raw_floor",
        HTTPStatus.CONFLICT,
        "The raw facts of these days are no longer kept",
    )
    PRECONDITION_FAILED = (
        "precondition_failed",
        HTTPStatus.PRECONDITION_FAILED,
        "Somebody else changed it meanwhile",
    )
    LENGTH_REQUIRED = (
        "length_required",
        HTTPStatus.LENGTH_REQUIRED,
        "Say the body's length: chunked bodies are not read",
    )
    BODY_TOO_LARGE = ("body_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    UNSUPPORTED_MEDIA_TYPE = (
        "unsupported_media_type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "This content type is not understood here",
    )
    EVENTS_REJECTED = ("events_rejected", HTTPStatus.UNPROCESSABLE_ENTITY, "None of the events was accepted")
    RATE_LIMITED = ("rate_limited", HTTPStatus.TOO_MANY_REQUESTS, "Too many requests")
    QUESTION_TOO_LARGE = (
        "question_too_large",
        HTTPStatus.BAD_REQUEST,
        "The answer would cost more than one answer may",
    )
    INTERNAL = ("internal_error", HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed")
    OUTCOME_UNKNOWN = (
        "outcome_unknown",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "It is not known of every event whether it is stored",
    )
    UNAVAILABLE = ("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, "A service behind this route is down")

    def __init__(self, code: str, status: HTTPStatus, title: str) -> None:
        self.code = code
        self.status = status
        self.title = title
