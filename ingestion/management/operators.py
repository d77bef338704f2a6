"""Who works at the terminal, for what is written down about it."""

import getpass


def operator(command: str) -> str:
    """The user of the system, where it knows one, and the command."""
    try:
        return f"{getpass.getuser()} by manage.py {command}"
    except (KeyError, OSError):  # a container's user often has no name
        return f"manage.py {command}"
