"""The last step before a child becomes its program: bind its life to ours, then exec.
Run as a file by the interpreter, alone, so that no thread of the parent is ever forked.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
ORPHANED_EXIT = 113


def command(
    argv: list[str], *, on_parent_death: signal.Signals, account: tuple[int, int] | None
) -> list[str]:
    """The argv that runs `argv` as a child which gets that signal when its parent dies.

    `account` is the user and group number to become first; None stays who we are.
    """
    here = str(Path(__file__).resolve())
    become = "-" if account is None else f"{account[0]}:{account[1]}"
    bound = [str(os.getpid()), str(int(on_parent_death)), become]
    return [sys.executable, "-I", "-S", here, *bound, *argv]


def main() -> None:
    parent, number, become, *argv = sys.argv[1:]
    # First the account: changing it makes the kernel forget the signal on the parent's death.
    if become != "-":
        _become(*(int(part) for part in become.split(":")))
    _die_with_parent(int(number))
    # The parent may have died before the kernel was told to watch it.
    if os.getppid() != int(parent):
        sys.exit(ORPHANED_EXIT)
    # Python ignores SIGPIPE and an ignored signal is inherited across exec; give it back.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # No shell: it would stand between our signals and the program.
    os.execvp(argv[0], argv)  # noqa: S606


def _become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def _die_with_parent(number: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


if __name__ == "__main__":
    main()
