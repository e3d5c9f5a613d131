"""Scores of agents, teams and centres: tables, one agent, comparisons, trends, adjusted for the mix of calls."""
