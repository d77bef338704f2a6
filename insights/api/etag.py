"""The tag of an answer: it stays as long as figures, finality, states and warnings do.

How far the data go moves with every second and is left out, hence weak: an answer that a client holds is
as good as a new one, but for these times.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from msgspec import json


def etag_of_answer(body: Mapping[str, Any]) -> str:
    states = [(source["source"], source["state"]) for source in body["freshness"]["sources"]]
    standing = {
        name: value for name, value in body.items() if name not in {"freshness", "cached", "age_seconds"}
    }
    digest = blake2b(json.encode([standing, states]), digest_size=16)
    return f'W/"{digest.hexdigest()}"'
