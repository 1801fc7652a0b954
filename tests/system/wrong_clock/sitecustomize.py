"""Python reads this at its start, from PYTHONPATH: the process's clock is wrong by CLOCK_SHIFT seconds."""  # noqa: INP001

import ctypes
import datetime
import gc
import os
import time


def shift_clock(seconds: float) -> None:
    """Make `time` and `datetime` of this process, and of those it forks, tell a time that is off."""
    real = {name: getattr(time, name) for name in ("time", "time_ns", "gmtime", "localtime")}
    time.time = lambda: real["time"]() + seconds
    time.time_ns = lambda: real["time_ns"]() + int(seconds * 1_000_000_000)
    time.gmtime = lambda at=None: real["gmtime"](time.time() if at is None else at)
    time.localtime = lambda at=None: real["localtime"](time.time() if at is None else at)
    # The type itself, not a subclass in its place: everybody who has it, in C too, sees the change.
    methods = gc.get_referents(datetime.datetime.__dict__)[0]
    methods["now"] = classmethod(lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
    methods["utcnow"] = classmethod(lambda cls: cls.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))


if shift := float(os.environ.get("CLOCK_SHIFT", "0")):
    shift_clock(shift)
