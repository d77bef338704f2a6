"""Calls of the running stack's API as a program makes them."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.client import UNAUTHORIZED
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    headers: Message
    body: Any


@dataclass
class ApiClient:
    """`credential` is an access token or an API key; without one it is nobody's."""

    base_url: str
    credential: str = ""
    account: tuple[str, str] | None = None

    def get(self, path: str) -> Answer:
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Answer:
        return self._call("POST", path, body)

    def signed_in(self, email: str, password: str) -> "ApiClient":
        tokens = self.post("/api/v1/auth/login/", {"email": email, "password": password}).body
        return ApiClient(self.base_url, tokens["access"], (email, password))

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        """An access token lives for five minutes, and the tests of a browser for longer."""
        answer = self._call_once(method, path, body)
        if answer.status == UNAUTHORIZED and self.account:
            self.credential = ApiClient(self.base_url).signed_in(*self.account).credential
            answer = self._call_once(method, path, body)
        return answer

    def _call_once(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.credential:
            headers["Authorization"] = f"Bearer {self.credential}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return _answer(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return _answer(refusal)


def _answer(response: Any) -> Answer:
    content = response.read()
    return Answer(response.status, response.headers, json.loads(content) if content else None)
