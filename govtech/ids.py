"""Random names for private things: an address never shows a database key."""

from secrets import choice

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 o 1 i l: people read these aloud
LENGTH = 12


def public_id() -> str:
    """Return 12 random characters, about 59 bits: not to be guessed, nor counted from."""
    return "".join(choice(ALPHABET) for _ in range(LENGTH))
