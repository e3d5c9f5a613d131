"""Questions about stored calls that write nothing: coverage, one rule tried, another rulebook compared."""
