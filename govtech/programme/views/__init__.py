"""The programme's views."""
