"""Captions in WebVTT: read strictly, so that what is published is shown by every browser.

Styles and regions are refused: captions look as each person has set them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from govtech.errors import DomainError

MOST = 300_000  # characters
TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+(\S.*))?")
SETTING = re.compile(r"(vertical:(rl|lr)|line:-?[\d.]+%?(,\w+)?|position:[\d.]+%(,[\w-]+)?|size:[\d.]+%|align:\w+)")
TAG = re.compile(r"<(/?)([a-z]*)((?:\.[^\s.<>]+)*)(?:\s[^<>]*)?>")
TAGS = {"b", "c", "i", "lang", "ruby", "rt", "u", "v"}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
STAMP = re.compile(rf"<{TIME}>")


@dataclass(frozen=True)
class Cue:
    """Some words on the screen, from an instant to another in thousandths of a second."""

    begins: int
    ends: int
    text: str


def read(text: str, *, seconds: int | None = None) -> list[Cue]:
    """Return the cues of a text in WebVTT. `seconds` is how long the video lasts, where that is known.

    Raises `DomainError`, which names the line.

    >>> read("WEBVTT\\n\\n00:01.000 --> 00:02.500\\nHola")
    [Cue(begins=1000, ends=2500, text='Hola')]
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    _check_whole(text, lines)
    cues: list[Cue] = []
    for line, block in _blocks(lines):
        cue = _cue(block, line)
        if cue is None:
            continue
        if cues and cue.begins < cues[-1].begins:
            raise _wrong(line, _("these words begin before those above them"))
        if seconds is not None and cue.begins >= seconds * 1000:
            raise _wrong(line, _("these words begin after the end of the video"))
        cues.append(cue)
    if not cues:
        raise DomainError(_("There are no words in these captions."))
    return cues


def _check_whole(text: str, lines: list[str]) -> None:
    if len(text) > MOST:
        raise DomainError(_("The captions are longer than those of any video we take."))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        if any("-->" in line and "," in line.split("-->")[0] for line in lines):
            raise DomainError(_("These captions look like SRT. Save them as WebVTT: the first line reads WEBVTT."))
        raise DomainError(_("Captions in WebVTT begin with a line that reads WEBVTT."))
    if CONTROL.search(text.replace("\r", "")):
        raise DomainError(_("The captions hold characters that aren't text."))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Give the groups of lines below the header, each with the number of its first."""
    block: list[str] = []
    is_header = True
    for number, line in enumerate([*lines[1:], ""], 2):
        if line.strip():
            block.append(line)
            continue
        if block and not is_header:
            yield number - len(block), block
        block, is_header = [], False


def words_of(cues: list[Cue]) -> str:
    """Return what is said, without times and marks.

    >>> words_of(read("WEBVTT\\n\\n00:01.000 --> 00:02.000\\n<v Ana>Hola,</v>\\n<i>¿qué tal?</i>"))
    'Hola, ¿qué tal?'
    """
    return " ".join(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cue.text)).strip() for cue in cues)


def _wrong(line: int, what: str) -> DomainError:
    return DomainError(_("Line %(line)d of the captions: %(what)s.") % {"line": line, "what": what})


def _cue(block: list[str], line: int) -> Cue | None:
    """Return the cue of some lines, None for a note."""
    if re.match(r"NOTE(?:[ \t]|$)", block[0]):
        return None
    if block[0].strip() in ("STYLE", "REGION"):
        raise _wrong(line, _("styles and regions aren't taken: captions look as each person has set them"))
    if "-->" not in block[0]:  # its name
        block, line = block[1:], line + 1
    match = TIMING.fullmatch(block[0].strip()) if block else None
    if match is None:
        raise _wrong(line, _("a time is written like 00:00:05.000 --> 00:00:07.500"))
    groups = match.groups()
    cue = Cue(_thousandths(groups[:4]), _thousandths(groups[4:8]), "\n".join(block[1:]).strip())
    if cue.ends <= cue.begins:
        raise _wrong(line, _("it ends before it begins"))
    for setting in (groups[8] or "").split():
        if not SETTING.fullmatch(setting):
            raise _wrong(line, _("«%(setting)s» is no setting of a caption") % {"setting": setting[:40]})
    _check_words(cue.text, line)
    return cue


def _check_words(text: str, line: int) -> None:
    if not text:
        raise _wrong(line, _("there are no words under this time"))
    if "-->" in text:
        raise _wrong(line, _("leave a blank line before each time"))
    _check_marks(text, line)


def _thousandths(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _check_marks(text: str, line: int) -> None:
    """Refuse marks that don't exist or aren't closed."""
    left = STAMP.sub("", text)
    unclosed: list[str] = []
    for closes, name, _classes in TAG.findall(left):
        if name not in TAGS:
            raise _wrong(line, _("«%(mark)s» is no mark of captions") % {"mark": f"<{closes}{name}>"})
        if not closes:
            unclosed.append(name)
        elif not unclosed or unclosed.pop() != name:
            raise _wrong(line, _("«%(mark)s» closes nothing") % {"mark": f"</{name}>"})
    if [name for name in unclosed if name != "v"]:  # who speaks may speak to the end
        raise _wrong(line, _("«%(mark)s» isn't closed") % {"mark": f"<{unclosed[-1]}>"})
    if "<" in TAG.sub("", left):
        raise _wrong(line, _("write &lt; for the sign <"))
