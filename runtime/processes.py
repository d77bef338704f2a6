"""Other processes of this machine."""

import os


def is_alive(pid: int) -> bool:
    """Also one of somebody else."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
