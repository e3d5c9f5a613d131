"""What needs doing today: surges with size and scope, whom to call back, what goes with what, new topics."""
