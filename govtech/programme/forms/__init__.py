"""The programme's forms."""
