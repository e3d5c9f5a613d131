"""What people decided: reviews, flags, saved searches, and the audit trail over all of it."""
