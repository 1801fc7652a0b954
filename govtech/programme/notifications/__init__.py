"""The programme's notifications."""
