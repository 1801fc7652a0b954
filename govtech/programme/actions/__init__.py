"""The programme's actions."""
