"""The pages: each takes a visit, asks a question of ``ask``, and replies with a template and what it shows."""
