"""What a video handed in must be: MP4 or WebM that browsers play, by its structure and not by its name.

Only the table of contents is read, in place: how long it lasts and how its picture is coded stand there.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

MP4, WEBM = "video/mp4", "video/webm"
MP4_CODECS = {b"avc1", b"avc3", b"av01", b"vp09"}
WEBM_CODECS = {b"V_VP8", b"V_VP9", b"V_AV1"}
MOST_PARTS = 10_000  # boxes or elements looked at
LARGEST_HEAD = 30_000_000  # of the table of contents


class NotAVideoError(Exception):
    """It isn't a video in one of the two containers."""


class UnplayableError(Exception):
    """It is one, but without a picture that all browsers play, or it doesn't say how long it lasts."""


@dataclass(frozen=True)
class Facts:
    """What a video is, and how long it lasts."""

    content_type: str
    seconds: int


def facts_of(source: BinaryIO) -> Facts:
    """Return what a video is. Raises `NotAVideoError`, `UnplayableError`."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    head = source.read(12)
    try:
        if head[4:8] == b"ftyp":
            return Facts(MP4, _mp4(source, size))
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return Facts(WEBM, _webm(source, size))
    except (struct.error, IndexError, OverflowError, ValueError) as error:
        raise NotAVideoError from error
    raise NotAVideoError


# MP4 (ISO 14496-12): boxes of a size and a kind, one after another to the end of the file -------------------


def _boxes(source: BinaryIO, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """Return kind, beginning and end of the content of each box between two places. They fill it whole."""
    found: list[tuple[bytes, int, int]] = []
    at = start
    while at < end:
        source.seek(at)
        size, kind = struct.unpack(">I4s", source.read(8))
        begins = at + 8
        if size == 1:
            (size,) = struct.unpack(">Q", source.read(8))
            begins = at + 16
        elif size == 0:
            size = end - at
        if size < begins - at or at + size > end or len(found) > MOST_PARTS:
            raise NotAVideoError
        found.append((kind, begins, at + size))
        at += size
    return found


def _mp4(source: BinaryIO, size: int) -> int:
    top = _boxes(source, 0, size)
    kinds = [kind for kind, _begins, _ends in top]
    if kinds[0] != b"ftyp" or b"mdat" not in kinds:
        raise NotAVideoError
    seconds, codecs = 0, set()
    for kind, begins, ends in top:
        if kind != b"moov":
            continue
        for inner, start, stop in _boxes(source, begins, ends):
            if inner == b"mvhd":
                seconds = _mvhd(source, start)
            elif inner == b"trak":
                codecs |= _codecs(source, start, stop)
    if not codecs & MP4_CODECS or seconds < 1:
        raise UnplayableError
    return seconds


def _mvhd(source: BinaryIO, start: int) -> int:
    source.seek(start)
    if source.read(1) == b"\x01":
        source.seek(start + 20)
        scale, length = struct.unpack(">IQ", source.read(12))
    else:
        source.seek(start + 12)
        scale, length = struct.unpack(">II", source.read(8))
    return round(length / scale) if scale else 0


def _codecs(source: BinaryIO, start: int, stop: int) -> set[bytes]:
    """Return how the samples of a track are coded."""
    for name in (b"mdia", b"minf", b"stbl", b"stsd"):
        inside = next(((b, e) for kind, b, e in _boxes(source, start, stop) if kind == name), None)
        if inside is None:
            return set()
        start, stop = inside
    return {kind for kind, _begins, _ends in _boxes(source, start + 8, stop)}


# WebM (RFC 8794): elements of an id, a size and content ------------------------------------------------------

_EBML, _DOCTYPE, _SEGMENT, _INFO, _TRACKS = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B
_SCALE, _DURATION, _TRACK, _CODEC, _CLUSTER = 0x2AD7B1, 0x4489, 0xAE, 0x86, 0x1F43B675


def _number(source: BinaryIO, *, keep_mark: bool) -> tuple[int, bool]:
    """Read a number of variable length; say, too, whether all its bits are set (a size that isn't known)."""
    first = source.read(1)[0]
    length = 9 - first.bit_length()
    if length > 8:  # noqa: PLR2004 - the longest there is
        raise NotAVideoError
    rest = source.read(length - 1)
    if len(rest) != length - 1:
        raise NotAVideoError
    value = first if keep_mark else first & ((1 << (8 - length)) - 1)
    value = int.from_bytes(bytes([*value.to_bytes(1), *rest]))
    return value, value == (1 << (7 * length)) - 1


def _elements(source: BinaryIO, start: int, end: int) -> list[tuple[int, int, int]]:
    """Return id, beginning and end of each element between two places, up to the first of the pictures."""
    found: list[tuple[int, int, int]] = []
    at = start
    while at < end and len(found) < MOST_PARTS:
        source.seek(at)
        key, _all = _number(source, keep_mark=True)
        size, is_open = _number(source, keep_mark=False)
        begins = source.tell()
        ends = end if is_open else begins + size
        if ends > end:
            raise NotAVideoError
        found.append((key, begins, ends))
        if key == _CLUSTER:
            break
        at = ends
    return found


def _content(source: BinaryIO, begins: int, ends: int) -> bytes:
    if ends - begins > LARGEST_HEAD:
        raise NotAVideoError
    source.seek(begins)
    return source.read(ends - begins)


def _webm(source: BinaryIO, size: int) -> int:
    top = _elements(source, 0, size)
    if [key for key, _begins, _ends in top][:2] != [_EBML, _SEGMENT]:
        raise NotAVideoError
    kinds = [_content(source, b, e) for key, b, e in _elements(source, *top[0][1:]) if key == _DOCTYPE]
    if [kind.rstrip(b"\0") for kind in kinds] != [b"webm"]:
        raise NotAVideoError
    seconds, codecs = 0, set()
    for key, begins, ends in _elements(source, *top[1][1:]):
        if key == _INFO:
            seconds = _duration(source, begins, ends)
        elif key == _TRACKS:
            tracks = [(b, e) for inner, b, e in _elements(source, begins, ends) if inner == _TRACK]
            codecs = {_content(source, b, e) for each in tracks for k, b, e in _elements(source, *each) if k == _CODEC}
    if not codecs & WEBM_CODECS or seconds < 1:
        raise UnplayableError
    return seconds


def _duration(source: BinaryIO, begins: int, ends: int) -> int:
    said = {key: _content(source, start, stop) for key, start, stop in _elements(source, begins, ends)}
    scale = int.from_bytes(said[_SCALE]) if _SCALE in said else 1_000_000
    raw = said.get(_DURATION, bytes(4))
    length = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]  # noqa: PLR2004 - of a float
    return round(length * scale / 1_000_000_000)
