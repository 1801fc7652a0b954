"""What the worker does for challenges."""
