"""Open data of awards."""
