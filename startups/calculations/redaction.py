"""Hiding who proposes from a text: passages, names and addresses. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from urllib.parse import urlsplit

MARK = "█████"
SHORTEST = 3  # letters: a shorter passage would hide half of the text
LEGAL_FORM = re.compile(
    r"[\s,]+(?:s\.?\s?l\.?\s?(?:u|l|p)?\.?|s\.?\s?a\.?\s?u?\.?|s\.?\s?coop\.?(?:\s?\w+\.?)?|c\.?\s?b\.?|gmbh|ltd\.?|inc\.?|b\.?v\.?)$",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WEB = re.compile(r"(?:https?://|www\.)[^\s<>()\"]+", re.IGNORECASE)


def folded(text: str) -> str:
    """Return the text without accents and capitals, one character for one: places stay where they were.

    >>> folded("Energía Ñandú"), len(folded("Energía")) == len("Energía")
    ('energia nandu', True)
    """
    out = []
    for char in text:
        base = unicodedata.normalize("NFD", char)[0].lower()
        out.append(base if len(base) == 1 else char)
    return "".join(out)


def _seen(text: str) -> str:
    """Return the text as it is seen: without soft hyphens, joiners and other characters of no width."""
    return "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Cf")


def _pattern(passage: str) -> str:
    return r"\s+".join(re.escape(word) for word in folded(_seen(passage)).split())


def _places(text: str, names: Iterable[str], passages: Iterable[str]) -> list[tuple[int, int]]:
    plain = folded(text)
    patterns = [rf"(?<![^\W_]){_pattern(name)}(?![^\W_])" for name in names if name.strip()]
    patterns += [_pattern(passage) for passage in passages if passage.strip()]
    found = [match.span() for pattern in patterns for match in re.finditer(pattern, plain)]
    found += [match.span() for pattern in (EMAIL, WEB) for match in pattern.finditer(text)]
    return sorted(found)


def hidden(text: str, names: Iterable[str], passages: Iterable[str] = ()) -> str:
    """Return the text without names (whole words), passages, e-mail and web addresses, whatever accents and capitals.

    >>> hidden("En ENERGÍA  Clara S.L. (hola@clara.es) medimos.", ["Energia clara"])
    'En █████ S.L. (█████) medimos.'
    >>> hidden("Sol hace solución.", ["Sol"]), hidden("Sol hace solución.", [], ["hace sol"])
    ('█████ hace solución.', 'Sol █████ución.')
    >>> hidden("Ener\xadgía Clara y Clara\u200b Ruiz", ["Energía Clara", "Clara Ruiz"])
    '█████ y █████'
    >>> hidden("Nada que ocultar.", []), hidden("", ["x"])
    ('Nada que ocultar.', '')
    """
    text = _seen(text)
    out, end = [], 0
    for start, stop in _places(text, names, passages):
        if stop <= end:
            continue
        if start >= end:
            out += [text[end:start], MARK]
        end = stop
    return "".join([*out, text[end:]])


def stands_in(passage: str, texts: Iterable[str]) -> bool:
    """Say whether a passage stands in one of the texts.

    >>> stands_in("clara", ["En Energía Clara medimos."]), stands_in("clarisa", ["Energía Clara"])
    (True, False)
    """
    pattern = _pattern(passage)
    return any(re.search(pattern, folded(_seen(text))) for text in texts) if pattern else False


def of_organisation(name: str, tax_id: str, website: str) -> list[str]:
    """Return what always gives an organisation away: its name with and without legal form, tax number, web domain.

    >>> of_organisation("Energía Clara, S.L.", "B12345674", "https://www.clara.es/quienes")
    ['Energía Clara, S.L.', 'Energía Clara', 'B12345674', 'clara.es']
    """
    short = LEGAL_FORM.sub("", name).strip(" ,")
    host = (urlsplit(website).hostname or "").removeprefix("www.")
    return [text for text in dict.fromkeys([name, short, tax_id, host]) if len(text) >= SHORTEST]


_PARTICLES = "de del la las los el y e i da das do dos van von der den di du le al bin ben"
PARTICLES = frozenset(_PARTICLES.split())


def of_person(name: str) -> list[str]:
    """Return what always gives a person away: the whole name, each two words of it in a row, the first with the last.

    >>> of_person("Lucía Martín Gómez")
    ['Lucía Martín Gómez', 'Lucía Martín', 'Martín Gómez', 'Lucía Gómez']
    >>> of_person("María de la Fuente"), of_person("Ana"), of_person("")
    (['María de la Fuente', 'María Fuente'], ['Ana'], [])
    """
    words = name.split()
    marked = [index for index, word in enumerate(words) if folded(word).strip(".") not in PARTICLES]
    found = [" ".join(words)]
    found += [" ".join(words[one : other + 1]) for one, other in pairwise(marked)]
    if len(marked) > 1:
        found.append(f"{words[marked[0]]} {words[marked[-1]]}")
    return [text for text in dict.fromkeys(found) if len(text) >= SHORTEST]
