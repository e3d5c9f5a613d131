"""Loaded before every test module: tests stay off the network as runs do."""

import speechcx  # noqa: F401
