"""What is in a PDF: looked at in a process of its own, whose memory and time the system bounds.

Parts of a PDF are packed, and the library unpacks them whole while it opens it: some kilobytes may ask for all the
machine's memory. A small file without anything packed that way can't, and is read in place. Run as a program this
module reads a PDF from its standard input and writes its verdict; it imports nothing of the portal.
"""

import io
import os
import re
import resource
import subprocess
import sys
import threading
from typing import Any, BinaryIO

import pikepdf

SOUND, DAMAGED, PROTECTED, ACTIVE, TOO_MUCH = "sound", "damaged", "protected", "active", "too much"
VERDICTS = frozenset({SOUND, DAMAGED, PROTECTED, ACTIVE, TOO_MUCH})
MAX_OBJECTS = 300_000
MAX_DEPTH = 60
ACTIVE_KEYS = ("/JS", "/JavaScript", "/EmbeddedFiles")
IN_PLACE = 256 * 1024  # bytes: what may be read in the portal's own process
PACKED = re.compile(rb"XRef|ObjStm|#[0-9A-Fa-f]{2}")  # the last writes a letter of a name
UNREAD = re.compile(r"memory limit exceeded|bad_alloc", re.IGNORECASE)
UNPACKED = 64 * 1024 * 1024  # one packed part
MEMORY = 512 * 1024 * 1024
SECONDS = 20  # of the processor
WAIT = 90  # seconds by the clock, on a machine that does other things, too
AT_ONCE = threading.BoundedSemaphore(2)  # in each of the portal's processes
BLOCK = 64 * 1024


def verdict_on(source: BinaryIO) -> str:
    """Return what the PDF is: `SOUND`, or why it can't be taken."""
    source.seek(0)
    head = source.read(IN_PLACE + 1)
    if len(head) <= IN_PLACE and not PACKED.search(head):
        return look_into(io.BytesIO(head))
    with AT_ONCE:
        return _verdict_of_a_process(source)


def look_into(source: BinaryIO) -> str:
    """Return the verdict, here and now."""
    try:
        with pikepdf.open(source) as pdf:
            if len(pdf.objects) > MAX_OBJECTS or not len(pdf.pages):
                return DAMAGED
            found = (_problem_in(thing, 0) for thing in pdf.objects)
            verdict = next((problem for problem in found if problem), SOUND)
            # what couldn't be unpacked is passed over by the library with a warning: nobody has looked into it
            return TOO_MUCH if any(UNREAD.search(warning) for warning in pdf.get_warnings()) else verdict
    except pikepdf.PasswordError:
        return PROTECTED
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return DAMAGED


def _problem_in(thing: Any, depth: int) -> str:
    """Look for scripts, programs to launch and files inside, in this object and those written within it."""
    if depth > MAX_DEPTH:
        return DAMAGED
    parts: list[Any] = []
    if isinstance(thing, pikepdf.Array):
        parts = list(thing)
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        pairs = [(key, thing.get(key)) for key in thing.keys()]  # noqa: SIM118 - iterating a stream isn't over its keys
        if any(_is_active(key, value) for key, value in pairs):
            return ACTIVE
        parts = [value for _key, value in pairs]
    written_within = (
        part for part in parts if isinstance(part, (pikepdf.Array, pikepdf.Dictionary)) and not part.is_indirect
    )
    return next((problem for part in written_within if (problem := _problem_in(part, depth + 1))), "")


def _is_active(key: str, value: Any) -> bool:
    return (
        key in ACTIVE_KEYS
        or (key == "/S" and value in ("/JavaScript", "/Launch"))
        or (key == "/Type" and value == "/EmbeddedFile")
    )


def _verdict_of_a_process(source: BinaryIO) -> str:
    """Ask a process that knows nothing of the portal. One that the system stops, or that dies, says `TOO_MUCH`."""
    command = [sys.executable, "-I", os.path.abspath(__file__)]
    process = subprocess.Popen(  # noqa: S603 - this module, by the interpreter that runs it
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    )
    try:
        source.seek(0)
        _send(source, process.stdin)
        said, _nothing = process.communicate(timeout=WAIT)
    except subprocess.TimeoutExpired:
        return TOO_MUCH
    finally:
        process.kill()
        process.communicate()
    verdict = said.decode("ascii", "replace").strip()
    return verdict if process.returncode == 0 and verdict in VERDICTS else TOO_MUCH


def _send(source: BinaryIO, target: Any) -> None:
    try:
        while block := source.read(BLOCK):
            target.write(block)
    except BrokenPipeError:
        return  # it says by its end what it thought


def main() -> None:
    """Read a PDF from standard input, within bounds, and write the verdict."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=UNPACKED, run_length_max_memory=UNPACKED, png_max_memory=UNPACKED, tiff_max_memory=UNPACKED
    )
    sys.stdout.write(look_into(io.BytesIO(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
