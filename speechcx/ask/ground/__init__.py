"""What every question stands on: opening a database, names, periods, drivers, sums and rows of scores."""
