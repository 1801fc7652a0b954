"""The seal of files: any length, in order, to the end, in constant memory."""

import io
import os
import tracemalloc

import pytest

from govtech.files import stream
from govtech.files.stream import PIECE, TAG, BrokenStreamError, StreamCodec
from govtech.files.uploads import Joined

CODEC = StreamCodec(bytes(range(32)), "here")


def sealed(data: bytes, codec: StreamCodec = CODEC) -> bytes:
    """Return what lies on disk."""
    target = io.BytesIO()
    writer = codec.writer(target)
    for start in range(0, len(data), 50_000):
        writer.write(data[start : start + 50_000])
    writer.finish()
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17])
def test_any_length_comes_back(size: int) -> None:
    data = os.urandom(size)

    kept = sealed(data)

    assert CODEC.reader(io.BytesIO(kept)).read() == data
    assert kept != sealed(data), "no two files are sealed alike"
    assert size < 16 or data[:16] not in kept


def test_it_is_sought_in_as_any_file() -> None:
    data = os.urandom(2 * PIECE + 100)
    source = CODEC.reader(io.BytesIO(sealed(data)))

    assert source.seek(0, io.SEEK_END) == len(data)
    source.seek(PIECE - 3)
    assert source.read(10) == data[PIECE - 3 : PIECE + 7]
    source.seek(-5, io.SEEK_END)
    assert source.read() == data[-5:]


def _pieces(kept: bytes) -> list[bytes]:
    body = kept[stream.HEAD :]
    return [body[start : start + PIECE + TAG] for start in range(0, len(body), PIECE + TAG)]


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts[:-1],  # cut at the end of a piece
        lambda parts: [*parts[:-1], parts[-1][:-1]],
        lambda parts: [parts[1], parts[0], *parts[2:]],  # another order
        lambda parts: [parts[0], parts[0], *parts[1:]],  # one twice
        lambda parts: [parts[0], *parts[2:]],  # one dropped
        lambda parts: [*parts, parts[-1]],
        lambda parts: [bytes([parts[0][0] ^ 1]) + parts[0][1:], *parts[1:]],
        lambda parts: [],
    ],
)
def test_order_and_end_are_part_of_the_seal(change: object) -> None:
    kept = sealed(os.urandom(3 * PIECE + 5))
    altered = kept[: stream.HEAD] + b"".join(change(_pieces(kept)))  # type: ignore[operator]

    with pytest.raises(BrokenStreamError):
        CODEC.reader(io.BytesIO(altered)).read()


def test_a_file_without_its_end_opens_nothing() -> None:
    target = io.BytesIO()
    CODEC.writer(target).write(os.urandom(PIECE * 2))

    with pytest.raises(BrokenStreamError):
        CODEC.reader(target)


@pytest.mark.parametrize("codec", [StreamCodec(bytes(32), "here"), StreamCodec(CODEC.key, "there")])
def test_another_key_or_place_opens_nothing(codec: StreamCodec) -> None:
    with pytest.raises(BrokenStreamError):
        codec.reader(io.BytesIO(sealed(b"texto")))


def test_memory_doesnt_grow_with_the_file(tmp_path: object) -> None:
    path = tmp_path / "sealed"  # type: ignore[operator]
    block = os.urandom(PIECE)
    tracemalloc.start()
    with path.open("wb") as file:
        writer = CODEC.writer(file)
        for _number in range(300):  # 20 MB
            writer.write(block)
        writer.finish()
    with CODEC.reader(path.open("rb")) as source:
        while source.read(PIECE):
            pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 20 * PIECE


def test_pieces_read_as_one_file() -> None:
    parts = [b"abc", b"de", b"fghij"]
    whole = Joined([len(part) for part in parts], lambda number: parts[number])
    source = io.BufferedReader(whole)  # type: ignore[type-var]

    assert source.read() == b"abcdefghij"
    source.seek(2)
    assert source.read(4) == b"cdef"
    assert source.seek(0, io.SEEK_END) == 10
