"""Tags of the accounts."""
