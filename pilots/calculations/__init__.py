"""Pure functions on money and results."""
