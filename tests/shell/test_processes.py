"""Children of the demonstration: one that ended is started again, one that keeps ending ends all."""

import sys
from pathlib import Path

import pytest

from govtech import processes
from govtech.processes import Process, ProcessError


def ended(tmp_path: Path, code: int = 3) -> Process:
    """Return a child that has ended."""
    program = f"import sys; print('broker gone'); sys.exit({code})"
    process = Process("worker", [sys.executable, "-S", "-c", program], env={}, log=tmp_path / "worker.log").start()
    assert process.child
    process.child.wait(20)
    return process


def test_one_that_ended_is_started_again(tmp_path):
    process = ended(tmp_path)
    first = process.child

    process.revive()

    assert process.child is not first
    process.stop()


def test_one_that_was_stopped_stays_so(tmp_path):
    process = ended(tmp_path)
    process.stop()

    process.revive()

    assert not process.is_running


def test_one_that_keeps_ending_ends_all_with_its_name_and_log(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "REVIVALS", 1)
    process = ended(tmp_path)
    process.revive()
    assert process.child
    process.child.wait(20)

    with pytest.raises(ProcessError, match=r"The worker ended with code 3(.|\n)*broker gone"):
        process.revive()
