"""The programme's tags."""
