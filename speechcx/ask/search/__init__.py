"""Finding calls: lists, words that were said, results of rules, and saved searches."""
