"""Words, counted on the server exactly as the page counts them while one types (`/\\S+/g` of the browser)."""

import re

# White space as browsers have it: not quite Python's (which splits at U+001C and doesn't at U+FEFF).
_WORD = re.compile("[^\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")


def count_words(text: str) -> int:
    """Return the number of words.

    >>> count_words("Un sensor, dos  barrios\\n y 3 meses")
    7
    >>> count_words("una\\ufeffpalabra"), count_words("  ")
    (2, 0)
    """
    return len(_WORD.findall(text))
