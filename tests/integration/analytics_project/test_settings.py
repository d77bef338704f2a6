"""What the options of a deployment make of Django's settings."""

import os
import subprocess
import sys

import pytest

from runtime.options import REPOSITORY


@pytest.mark.parametrize(
    ("proxies", "believed"), [("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")]
)
def test_only_a_trusted_proxy_is_believed_that_the_client_spoke_tls(proxies: str, believed: str) -> None:
    """Without it every form behind a proxy is refused, for its origin is https and ours would be http."""
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from analytics_project import settings as s; print(s.SECURE_PROXY_SSL_HEADER)",
        ],
        cwd=REPOSITORY,
        env=os.environ | {"CA_WEB_TRUSTED_PROXIES": proxies},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == believed
