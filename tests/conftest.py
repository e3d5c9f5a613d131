"""Loaded before every test module: tests stay off the network as runs do."""

import signal

import speechcx  # noqa: F401

# A suite started in the background ignores Ctrl-C, and so would every process that its tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
