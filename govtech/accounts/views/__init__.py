"""Pages of accounts: the profile and whom the Office names; people's rights over their data."""
