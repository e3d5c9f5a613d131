"""What a lifelike archive of calls is made of: people, days, talk, verdicts."""
