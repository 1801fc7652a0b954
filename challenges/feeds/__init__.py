"""Challenges for feed readers and calendars."""
