"""Headers are judged before Django reads any, which it does as it makes the request, before all middleware.

Its readers, and Python's, take time that grows with the square of what they read, and raise on some of it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Any]

LONGEST_CONTENT_TYPE = 256
LONGEST_ACCEPT = 1024
# Where the refusal waits for `api.middleware`. No header of a client can stand under this name.
REFUSAL = "api.refused_header"
_UTF_8 = frozenset({"", "utf-8", "utf8"})


def with_readable_headers(application: Application) -> Application:
    """Take away what cannot be read, so that the request gets as far as whoever answers with the refusal."""

    def answer(environ: Environ, start_response: Any) -> Any:
        _judge_media_types(environ)
        _leave_out_escaped_cookies(environ)
        return application(environ, start_response)

    return answer


def _judge_media_types(environ: Environ) -> None:
    content_type, accept = environ.get("CONTENT_TYPE", ""), environ.get("HTTP_ACCEPT", "")
    problem = _problem_of_content_type(content_type) or _problem_of_accept(accept)
    if problem:
        environ[REFUSAL] = problem
        environ["CONTENT_TYPE"] = environ["HTTP_ACCEPT"] = ""


def _problem_of_content_type(header: str) -> Problem | None:
    if len(header) > LONGEST_CONTENT_TYPE:
        return _too_long("Content-Type", LONGEST_CONTENT_TYPE)
    if _has_encoded_parameter(header):
        return _encoded("Content-Type")
    for name, value in _parameters(header):
        if name == "charset" and value.strip("\"' ").lower() not in _UTF_8:
            # Django would read the query in it, and `unicode_escape` makes NUL out of what is none.
            return Problem(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The only charset is UTF-8.")
    return None


def _problem_of_accept(header: str) -> Problem | None:
    if len(header) > LONGEST_ACCEPT:
        return _too_long("Accept", LONGEST_ACCEPT)
    if any(_has_encoded_parameter(media_range) for media_range in header.split(",")):
        return _encoded("Accept")
    return None


def _has_encoded_parameter(media_type: str) -> bool:
    """RFC 2231's `name*=charset''text`, which no media type needs."""
    return any("*" in name for name, _ in _parameters(media_type))


def _parameters(media_type: str) -> Iterator[tuple[str, str]]:
    for part in media_type.split(";")[1:]:
        name, _, value = part.partition("=")
        yield name.strip().lower(), value


def _too_long(header: str, most: int) -> Problem:
    return field_problem(header, "max_length", f"At most {most} characters are read.")


def _encoded(header: str) -> Problem:
    return field_problem(header, "invalid", "Parameters are named without `*`.")


def _leave_out_escaped_cookies(environ: Environ) -> None:
    """None of ours has a backslash; another product on this host may have set one that does."""
    cookies = environ.get("HTTP_COOKIE", "")
    if "\\" in cookies:
        environ["HTTP_COOKIE"] = ";".join(one for one in cookies.split(";") if "\\" not in one)
