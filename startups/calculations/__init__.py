"""Pure functions on organisations, proposals and scores."""
