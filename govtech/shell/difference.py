"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, TAKEN, ADDED = "same", "taken", "added"


@dataclass(frozen=True)
class Part:
    """A run of words that stayed ("same"), went ("taken") or came ("added")."""

    kind: str
    text: str


def words_of(text: str) -> list[str]:
    """Split into words, each with the blanks after it, so that joining them gives the text back.

    >>> words_of("dos  barrios\\nal norte")
    ['dos  ', 'barrios\\n', 'al ', 'norte']
    """
    return re.findall(r"^\s+|\S+\s*", text)


def difference(old: str, new: str) -> list[Part]:
    """Return the runs of words that stayed, went and came, in the order of reading. Blanks alone are no change.

    >>> [(part.kind, part.text) for part in difference("Avisar en 3 horas", "Avisar en 45 minutos")]
    [('same', 'Avisar en '), ('taken', '3 horas'), ('added', '45 minutos')]
    >>> [part.kind for part in difference("", "Algo")], difference("", "")
    (['added'], [])
    """
    before, after = words_of(old), words_of(new)
    matcher = SequenceMatcher(None, [word.strip() for word in before], [word.strip() for word in after], autojunk=False)
    parts = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Part(SAME, "".join(after[other_start:other_end])))
            continue
        parts.append(Part(TAKEN, "".join(before[start:end])))
        parts.append(Part(ADDED, "".join(after[other_start:other_end])))
    return [part for part in parts if part.text]
