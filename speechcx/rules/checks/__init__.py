"""Whether a rulebook is any good: its own tests, labelled calls, unused phrases, one rule tried."""
