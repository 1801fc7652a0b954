"""Chapters of a video: one a line, with the time it begins."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from govtech.errors import DomainError

LINE = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)\s+(\S.*)")
MOST = 40
LONGEST = 80


@dataclass(frozen=True)
class Chapter:
    """A part of a video."""

    seconds: int
    title: str
    title_en: str = ""

    @property
    def clock(self) -> str:
        """When it begins, as it is typed."""
        return clock(self.seconds)


def clock(seconds: int) -> str:
    """Return a length in minutes and seconds.

    >>> clock(65), clock(3725)
    ('1:05', '1:02:05')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_of(text: str) -> int | None:
    """Return the seconds of a length typed as `3:45`; None where it isn't one.

    >>> seconds_of("3:45"), seconds_of("1:00:05"), seconds_of("3.45")
    (225, 3605, None)
    """
    match = LINE.fullmatch(f"{text.strip()} x")
    return _seconds(match) if match else None


def read(text: str, *, seconds: int | None = None) -> list[Chapter]:
    """Return the chapters of a text, one a line; English after a bar. Raises `DomainError`, which names the line.

    >>> read("0:00 Qué es\\n1:05 Quién puede | Who can")[1]
    Chapter(seconds=65, title='Quién puede', title_en='Who can')
    """
    found: list[Chapter] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            chapter = _chapter(line.strip(), number)
            _check_place(chapter, found, number, seconds)
            found.append(chapter)
    if len(found) > MOST:
        raise DomainError(_("At most %(n)d chapters.") % {"n": MOST})
    return found


def _chapter(line: str, number: int) -> Chapter:
    match = LINE.fullmatch(line)
    if match is None:
        raise _wrong(number, _("a chapter is written like «1:05 Who can take part»"))
    title, _bar, title_en = (part.strip() for part in match[4].partition("|"))
    if not title or len(title) > LONGEST or len(title_en) > LONGEST or "-->" in match[4]:
        raise _wrong(number, _("give it a title of at most %(n)d characters") % {"n": LONGEST})
    return Chapter(_seconds(match), title, title_en)


def _check_place(chapter: Chapter, before: list[Chapter], number: int, seconds: int | None) -> None:
    if not before and chapter.seconds:
        raise _wrong(number, _("the first chapter begins at 0:00"))
    if before and chapter.seconds <= before[-1].seconds:
        raise _wrong(number, _("it begins before the one above"))
    if seconds is not None and chapter.seconds >= seconds:
        raise _wrong(number, _("it begins after the end of the video"))


def as_webvtt(chapters: list[Chapter], seconds: int, *, english: bool = False) -> str:
    """Return the chapters as a track that players read.

    >>> as_webvtt([Chapter(0, "Uno"), Chapter(5, "Dos <")], 9).splitlines()[-2:]
    ['00:00:05.000 --> 00:00:09.000', 'Dos &lt;']
    """
    ends = [*[chapter.seconds for chapter in chapters[1:]], seconds]
    parts = ["WEBVTT"]
    for chapter, end in zip(chapters, ends, strict=False):
        title = (english and chapter.title_en) or chapter.title
        safe = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(f"{_stamp(chapter.seconds)} --> {_stamp(end)}\n{safe}")
    return "\n\n".join(parts) + "\n"


def _stamp(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def _seconds(match: re.Match[str]) -> int:
    return (int(match[1] or 0) * 60 + int(match[2])) * 60 + int(match[3])


def _wrong(line: int, what: str) -> DomainError:
    return DomainError(_("Line %(line)d of the chapters: %(what)s.") % {"line": line, "what": what})
