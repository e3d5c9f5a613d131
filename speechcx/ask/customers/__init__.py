"""Customers: one customer over time, whom to call back, why customers call, what came of their calls."""
