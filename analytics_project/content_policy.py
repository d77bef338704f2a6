"""Which scripts, styles and frames a page may use: two policies, written out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_OURS_ALONE = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
# The admin's theme evaluates expressions in its pages (Alpine.js) and starts itself from inline scripts.
_ADMIN = f"{_OURS_ALONE}; script-src 'self' 'unsafe-inline' 'unsafe-eval'"


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = _ADMIN if request.path_info.startswith("/admin/") else _OURS_ALONE
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return answer
