"""Calls of the running stack's API as a program makes them."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    headers: Message
    body: Any


@dataclass(frozen=True)
class ApiClient:
    """`credential` is an access token or an API key; without one it is nobody's."""

    base_url: str
    credential: str = ""

    def get(self, path: str) -> Answer:
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Answer:
        return self._call("POST", path, body)

    def signed_in(self, email: str, password: str) -> "ApiClient":
        tokens = self.post("/api/v1/auth/login/", {"email": email, "password": password}).body
        return ApiClient(self.base_url, tokens["access"])

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
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
