"""Which addresses count as one."""

import pytest
from django.test import RequestFactory

from api.addresses import client_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one_and_nonsense_as_one_too(address: str, network: str) -> None:
    assert client_network(RequestFactory(REMOTE_ADDR=address).get("/")) == network
