"""The language of rulebooks: from YAML text to phrases, conditions, scorecards and tests."""
