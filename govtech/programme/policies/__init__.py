"""The programme's policies."""
