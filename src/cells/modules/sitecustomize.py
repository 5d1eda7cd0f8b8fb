"""Gives threads, and children that were forked, their names as the kernel knows them: before 3.14 Python does not. It is the
first `sitecustomize` that Python finds while a program's threads are recorded, and only then."""

import itertools
import os
import re
import sys
import threading
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

# What the kernel keeps of a name, in bytes.
_LONGEST = 15


def _shortened(name):
    """A name that fits: without the function that the thread runs, `Thread-1 (work)`, and with the number at its end."""
    if len(name.encode(errors="replace")) > _LONGEST:
        name = name.partition(" (")[0]
    encoded = name.encode(errors="replace")
    number = re.search(rb"[-_.0-9]*$", encoded)[0][-_LONGEST:]
    return encoded if len(encoded) <= _LONGEST else encoded[: _LONGEST - len(number)] + number


def _tell(name):
    """Whatever keeps a name from being told must not keep a thread from starting: a program can have anything as a name."""
    try:
        with open(f"/proc/self/task/{threading.get_native_id()}/comm", "wb", buffering=0) as file:
            file.write(_shortened(name()))
    except Exception:
        pass


def _name_threads():
    known = getattr(threading.Thread, "_set_native_id", None)
    if known is None:
        return

    def set_native_id(thread):
        known(thread)
        if thread is not threading.main_thread():
            _tell(lambda: thread.name)

    threading.Thread._set_native_id = set_native_id


def _name_children():
    numbers = itertools.count(1)
    number = 0

    def before():
        nonlocal number
        number = next(numbers)

    os.register_at_fork(before=before, after_in_child=lambda: _tell(lambda: f"child {number}"))


def _step_aside():
    """The program finds the modules that it would find without this one; also another one of this name."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != here]
    other = PathFinder.find_spec(__name__, sys.path)
    if other is not None and other.loader is not None:
        sys.modules[__name__] = module_from_spec(other)
        other.loader.exec_module(sys.modules[__name__])


if sys.version_info < (3, 14):
    _name_threads()
_name_children()
_step_aside()
