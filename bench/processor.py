"""Processor time of a family of processes, from /proc: what is alive and what has ended and been waited for."""

import os
from contextlib import suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat after the name, which may hold spaces; empty when it is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def family(pid: int) -> list[int]:
    """Return `pid` and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


def seconds(pid: int) -> float:
    """Return the processor seconds that `pid` and its descendants have used, those that have ended included."""
    ticks = 0
    for member in family(pid):
        fields = _stat(member)
        if fields:
            ticks += sum(int(value) for value in fields[11:15])  # utime, stime, cutime, cstime
    return ticks / TICK


def memory(pid: int) -> int:
    """Return the bytes of the largest member of the family: what one worker holds."""
    page = os.sysconf("SC_PAGE_SIZE")
    return max((int(fields[21]) * page for member in family(pid) if (fields := _stat(member))), default=0)


def peak(pid: int) -> int:
    """Return the most bytes that the largest member of the family ever held."""
    found = [0]
    for member in family(pid):
        with suppress(OSError):
            text = Path(f"/proc/{member}/status").read_text()
            found += [int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM:")]
    return max(found)
