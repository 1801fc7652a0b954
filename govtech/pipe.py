"""What a program that writes hands on while it writes, so that a long answer is never whole in memory or on disk."""

from collections.abc import Iterator


class Pipe:
    """What an archive writes to; `drain` hands on what has come so far. It can't be wound back, and needn't."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some bytes; return how many."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def drain(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        yield from pieces
