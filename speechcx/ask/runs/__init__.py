"""How the nightly work stands: status, failures, and what was left out."""
