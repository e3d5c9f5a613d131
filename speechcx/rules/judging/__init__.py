"""From what matched to a result of each rule, with its evidence, and what could not be told."""
