"""Pure functions on challenges."""
