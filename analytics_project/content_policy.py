"""Which scripts, styles and frames a page may use: a policy for each kind of page, written out.

No page may run an inline script or load anything from elsewhere.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
# The browsable API and Swagger UI bring markup with style attributes.
_API = _OURS.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
# The admin's theme is built on Alpine.js, which evaluates the expressions in its pages.
_ADMIN = _API.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")


def policy_for(path: str) -> str:
    if path.startswith("/admin/"):
        return _ADMIN
    return _API if path.startswith("/api/") else _OURS


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_for(request.path_info))
        return response

    return answer
