"""The command ``speechcx`` and ``python -m speechcx``."""

from __future__ import annotations

import signal


def main() -> None:
    """Entry point: Ctrl-C ends the process at once, until a command listens for it itself.

    Python would raise KeyboardInterrupt in whatever line runs: among the imports it prints a traceback,
    inside pydantic it is printed and forgotten. Ending at once is safe at every moment, as for SIGTERM.
    """
    # Where it is ignored (``nohup``), it stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from speechcx.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()
