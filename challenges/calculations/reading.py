"""How easy a Spanish text is to read.

Score of Szigriszt-Pazos (1993), on the INFLESZ scale of Barrio-Cantalejo et al. (2008, Anales del Sistema Sanitario de
Navarra 31:135-152): 206.835 - 62.3 x syllables / words - words / sentences. Under 40 very hard, 40 to 55 somewhat hard,
55 to 65 normal, 65 to 80 quite easy, 80 and over very easy.
"""

import re
from functools import lru_cache

NORMAL = 55  # from here on the scale calls it normal or easier
ENOUGH = 30  # words; a shorter text has no score worth telling
LONG_SENTENCE = 35  # words; guides of plain Spanish ask for 25 or 30 at most, and we forgive some

STRONG = "aeoáéó"
VOWELS = "aeiouáéíóúü"
ACCENTED_WEAK = "íú"


def words_in(text: str) -> list[str]:
    """Return the words that have letters, without signs.

    >>> words_in("Unas 4.200 viviendas (al año).")
    ['Unas', 'viviendas', 'al', 'año']
    """
    return re.findall(r"[^\W\d_]+", text)


def sentences_in(text: str) -> list[str]:
    """Return the sentences: they end in a full stop, a question, an exclamation or a line. Not in `4.200`.

    >>> sentences_in("Son 4.200 casos. ¿Cuántos? Muchos\\n- uno")
    ['Son 4.200 casos.', '¿Cuántos?', 'Muchos', '- uno']
    """
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+|\n+", text) if words_in(part)]


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Return how many syllables a Spanish word has, by its vowels: two strong ones are two, a weak one joins.

    >>> [syllables(word) for word in ("ciudad", "aérea", "país", "guía", "que", "y", "vergüenza", "soledad")]
    [2, 4, 2, 2, 1, 1, 3, 3]
    """
    word = re.sub(r"y$", "i", word.lower())
    word = re.sub(r"([gq])u([eiéí])", r"\1\2", word)
    count, before = 0, ""
    for letter in word:
        if letter in VOWELS:
            apart = _is_apart(before, letter) if before else True
            count += apart
            before = letter
        else:
            before = ""
    return max(count, 1)


def _is_apart(one: str, other: str) -> bool:
    """Say whether two vowels side by side belong to two syllables."""
    strong = (one in STRONG) + (other in STRONG)
    return strong == 2 or (strong == 1 and (one in ACCENTED_WEAK or other in ACCENTED_WEAK))


def reading_score(text: str) -> int | None:
    """Return the score, usually from 0 (very hard) to 100 (very easy); None where the text is too short to tell.

    >>> reading_score("Hola")
    """
    words, sentences = words_in(text), sentences_in(text)
    if len(words) < ENOUGH:
        return None
    score = 206.835 - 62.3 * sum(map(syllables, words)) / len(words) - len(words) / len(sentences)
    return max(0, min(100, round(score)))


def longest_sentence(text: str) -> tuple[int, str]:
    """Return the number of words of the longest sentence, and the sentence."""
    found = [(len(words_in(sentence)), sentence) for sentence in sentences_in(text)]
    return max(found, key=lambda row: row[0], default=(0, ""))
