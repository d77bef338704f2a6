"""The mails that the running stack wrote into its data folder."""

import re
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.running_stack import wait_until

LINK = re.compile(r"https?://\S+")


def link_in_mail(data_dir: Path, address: str) -> str:
    """The link of the one mail that this address gets; waits until a worker has sent it."""
    links: list[str] = []

    def arrived() -> bool:
        links.extend(_links(data_dir / "mail", address))
        return bool(links)

    wait_until(arrived, f"{address} gets a mail")
    [link] = links
    return link


def token_in_mail(data_dir: Path, address: str) -> str:
    [token] = parse_qs(urlsplit(link_in_mail(data_dir, address)).query)["token"]
    return token


def _links(folder: Path, address: str) -> list[str]:
    mails = [message_from_bytes(file.read_bytes()) for file in folder.glob("*.log")]
    return [link for mail in mails if mail["To"] == address for link in LINK.findall(_text(mail))]


def _text(mail: Message) -> str:
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()
