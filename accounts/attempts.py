"""How often somebody may try to sign in, register, spend a token or invite: by who asks and by e-mail.

What cannot be counted is refused: an open door to guessing is worse than a closed one.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from unicodedata import normalize

from django.http import HttpRequest
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited

from accounts.caller import Caller
from accounts.keys import fingerprint
from api.addresses import client_network
from api.cache_server import CACHE_ERRORS
from api.problem_codes import ProblemCode
from api.problems import Problem, plain_problem, unavailable
from api.throttles import MINUTE, demand
from runtime.config import configuration

HOUR = 60 * MINUTE
DAY = 24 * HOUR
PASSWORD_CHANGE = "password-change"  # noqa: S105  (a deed)
LONGEST_EMAIL = 254  # of what is longer the form makes nobody


def count_attempt(deed: str, request: HttpRequest, email: str = "") -> None:
    """Raises a 429 beyond the budget of this address or e-mail, a 503 while nothing can be counted."""
    limit = configuration().rate_limits.sign_in_per_minute
    demand(f"{deed}:address:{client_network(request)}", limit)
    if email:
        demand(f"{deed}:email:{fingerprint(email.strip().lower())}", limit)


def count_invitation(caller: Caller, email: str) -> None:
    """The same for an invitation: each is a mail to somebody who did not ask for it."""
    limits = configuration().rate_limits
    for sender in (caller.rate_identity, f"workspace:{caller.home}"):
        demand(f"invite:{sender}", limits.invitations_per_hour, HOUR)
    recipient = fingerprint(email.strip().lower())
    demand(f"invite:email:{recipient}", limits.invitations_per_recipient_per_day, DAY)


def guarded(sign_in_page: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a page with Django's sign-in form: too many tries get a 429 in plain words."""
    by_address = ratelimit(group="sign-in", key=_address_key, rate=_rate, method="POST")
    by_email = ratelimit(group="sign-in", key=_email_key, rate=_rate, method="POST")
    limited = by_address(by_email(sign_in_page))

    @wraps(sign_in_page)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return limited(request, *args, **kwargs)
        except Ratelimited:
            return plain_problem(request, _too_many())
        except CACHE_ERRORS:
            return plain_problem(request, unavailable("Nobody can sign in just now. Try again soon."))

    return answer


def guarded_by_password(page: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a page that asks who is signed in for their password; one budget with the API's route."""

    @wraps(page)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            if request.method == "POST":
                count_attempt(PASSWORD_CHANGE, request, request.user.get_username())
        except Problem as problem:
            return plain_problem(request, problem)
        return page(request, *args, **kwargs)

    return answer


def _address_key(group: str, request: HttpRequest) -> str:
    return "address:" + client_network(request)


def _email_key(group: str, request: HttpRequest) -> str:
    """One for all spellings that sign the same person in: the form of the page folds them, too."""
    spelled = request.POST.get("username", "").strip()[:LONGEST_EMAIL]
    return "email:" + normalize("NFKC", spelled).strip().lower()


def _rate(group: str, request: HttpRequest) -> tuple[int, int]:
    return configuration().rate_limits.sign_in_per_minute, MINUTE


def _too_many() -> Problem:
    text = "These were too many attempts to sign in. Wait a minute, then try again."
    return Problem(ProblemCode.RATE_LIMITED, text, headers={"Retry-After": str(MINUTE)})
