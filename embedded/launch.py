"""Becomes a command that dies with the supervisor: `launch.py PARENT ORPHAN_SIGNAL FOLDER USER command…`.

Run by path with `python -I -S`, so that it starts in milliseconds and imports nothing of ours, and little of
Python's: every process waits for it. It replaces itself by the command: pid, output and group stay. The order
below matters: the kernel forgets a parent-death signal when a process changes its user.
"""

import ctypes
import os
import pwd
import signal
import struct
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT = 1, 28, 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def main() -> None:
    parent, orphan_signal, folder, user, *command = sys.argv[1:]
    os.setsid()
    os.environ["SUPERVISED_PID"] = str(os.getpid())  # read by runtime.parent_death
    restore_signals()
    if user:
        become(user)
    if sys.platform == "linux":
        die_with(int(parent), int(orphan_signal))
    try:
        os.chdir(folder)
        os.execvp(command[0], command)  # noqa: S606
    except OSError as error:
        sys.exit(f"Cannot start {command[0]} in {folder}: {error.strerror}.{advice(user)}")


def restore_signals() -> None:
    """Python ignores these two, and an ignored signal would stay ignored in the command."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def die_with(parent: int, orphan_signal: int) -> None:
    checked("parent-death signal", libc().prctl(PR_SET_PDEATHSIG, orphan_signal, 0, 0, 0))
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit(1)


def become(name: str) -> None:
    """Leave root for a user who still reaches files below a closed folder such as /root."""
    user = pwd.getpwnam(name)
    on_linux = sys.platform == "linux"
    if on_linux:  # else the change of user drops every capability, and access(2) ignores those left
        libc().prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    try:
        os.setgroups([])
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    except PermissionError:
        sys.exit(f"This root may not become the user {name}.{advice(name)}")
    os.environ.update(HOME="/", USER=name, LOGNAME=name)
    if on_linux:
        keep_file_access_alone()


def keep_file_access_alone() -> None:
    """Hold CAP_DAC_OVERRIDE and nothing else, also across exec.

    A container may refuse it; then the command runs without, and reaches only what is open to its user.
    """
    if set_capabilities(1 << CAP_DAC_OVERRIDE):
        libc().prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
    else:
        set_capabilities(0)


def set_capabilities(bits: int) -> bool:
    """Make these capabilities the only ones, effective and inheritable; false where they cannot be had."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    sets = struct.pack("=6I", bits, bits, bits, 0, 0, 0)
    return bool(libc().capset(header, sets) == 0)


def advice(user: str) -> str:
    if not user:
        return ""
    return (
        f" Root starts it as {user}, who cannot reach it here: run the product as an ordinary user, "
        "or set CA_POSTGRES_EMBEDDED=false and give it a Postgres."
    )


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def checked(what: str, result: int) -> None:
    if result != 0:
        sys.exit(f"The kernel refused a {what}: {os.strerror(ctypes.get_errno())}.")


if __name__ == "__main__":
    main()
