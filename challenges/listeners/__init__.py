"""What challenges does when something happens elsewhere."""
