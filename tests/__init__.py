"""Tests of speechcx, folders as in the package."""
