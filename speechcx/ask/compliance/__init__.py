"""Compliance reviewers: flags, the evidence for them, what people decided, and folders to hand over."""
