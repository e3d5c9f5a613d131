"""Rows of a call and everything that hangs on it: written, replaced, read back, erased."""
