"""What accounts add to every request."""

from django.http import HttpRequest, HttpResponse

from accounts.audit import trail_of
from api.middleware import Answer


def keep_audit_trail(get_response: Answer) -> Answer:
    """Threads serve one request after another: what this one did must not be laid at the next one's door."""

    def answer(request: HttpRequest) -> HttpResponse:
        with trail_of(request):
            return get_response(request)

    return answer
