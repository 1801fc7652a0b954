"""Words of a text, and whether it says anything."""

from govtech.shell.counting import count_words

__all__ = ["count_words", "has_words"]


def has_words(text: str) -> bool:
    """Return whether the text says something: at least three letters.

    >>> has_words("🚀🚀🚀"), has_words("...---..."), has_words("Luz")
    (False, False, True)
    """
    return sum(c.isalpha() for c in text) >= 3
