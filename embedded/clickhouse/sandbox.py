"""Takes away from this process what the engine's SQL must never reach: other files, other servers.

Linux's Landlock, without privileges; it also binds the writer, whom nothing else holds back. An older
kernel lacks it: then readers are still held by the engine's `readonly` and by our own refusals.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

from runtime.options import REPOSITORY

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every processor
VERSION = 1
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38
NETWORK_SINCE = 4

READ_FILE, READ_DIR, EXECUTE = 1 << 2, 1 << 3, 1 << 0
READ = READ_FILE | READ_DIR | EXECUTE
FILES_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}  # later ones added none of use
ONLY_FOR_FOLDERS = ~(EXECUTE | 1 << 1 | READ_FILE | 1 << 14)
BIND_AND_CONNECT = 0b11

READABLE = (
    sys.prefix,
    sys.base_prefix,
    str(REPOSITORY / "embedded"),
    str(REPOSITORY / "runtime"),
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/timezone",
    "/sys",
    "/proc/self",  # not /proc: the environment of another process may hold a secret
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys",
    "/proc/uptime",
    "/proc/loadavg",
    "/dev/urandom",
    "/dev/random",
)
WRITABLE = ("/dev/null",)


def confine_to(folder: Path) -> bool:
    """From here on only `folder` can be written, little else be read, and nothing be connected to.

    Binds the calling thread and those that it starts: call it before the engine is imported.
    False where the kernel cannot.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)
    if version < 1:
        return False
    files = FILES_BY_VERSION[min(version, max(FILES_BY_VERSION))]
    network = BIND_AND_CONNECT if version >= NETWORK_SINCE else 0
    attributes = struct.pack("QQ", files, network)
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    for path in READABLE:
        _allow(libc, ruleset, path, READ & files)
    for path in (*WRITABLE, str(folder)):
        _allow(libc, ruleset, path, files)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    confined = libc.syscall(RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(confined)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    """A path that this machine lacks is passed over."""
    if not Path(path).exists():
        return
    if not Path(path).is_dir():
        access &= ~ONLY_FOR_FOLDERS
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", access, opened)
    libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    os.close(opened)
