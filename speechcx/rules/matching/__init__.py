"""Phrases found in the words of a call, in linear time."""
