"""The programme's pure functions."""
