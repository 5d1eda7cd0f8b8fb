"""What a cell can say: each call appends a line of JSON to the file that $CELL_EMIT names. Where that variable is not set
they only do their work, so that the code runs by hand too."""

import os
from _thread import get_native_id
from math import ceil, isfinite
from time import monotonic_ns

# What one sample takes, how many are taken, and how long that may take; times in ns. A sample is longer than the kernel leaves
# a program alone, usually 4 ms: of shorter ones some are interrupted and some are not, and their median depends on which.
_SAMPLE = 5_000_000
_SAMPLES = 9
_PATIENCE = 100_000_000

# The first calls are left out: the interpreter is still specialising the code (PEP 659).
_WARMUP = 5


def param(name, kind=int):
    """The value that a sweep gives to a parameter, as a whole number or as `kind` reads it."""
    variable = "CELL_" + name.upper().replace("-", "_")
    text = os.environ.get(variable)
    if text is None:
        raise LookupError(f"the parameter `{name}` is not set: there is no variable {variable}")
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"the parameter `{name}` is {text!r}, which is no {kind.__name__}") from None


def measure(work):
    """Times a function, each sample as many calls of it as take 5 ms, and gives its last result."""
    begun = monotonic_ns()
    for _ in range(_WARMUP):
        result = work()
        if monotonic_ns() - begun > _PATIENCE:
            break
    calls = 1
    result, time = _batch(work, calls)
    while 2 * time < _SAMPLE:
        calls *= 2
        result, time = _batch(work, calls)
    samples = []
    spent = time
    last = time / calls
    calls = max(1, ceil(_SAMPLE / max(1.0, last)))
    while len(samples) < _SAMPLES and spent < _PATIENCE:
        result, time = _batch(work, calls)
        spent += time
        last = time / calls
        samples.append(last)
    _emit({"measure": samples or [last]})
    return result


def _batch(work, calls):
    rounds = range(calls)
    start = monotonic_ns()
    for _ in rounds:
        result = work()
    return result, monotonic_ns() - start


def value(name, number):
    """A named number, for prose, assertions and charts."""
    number = float(number)
    # JSON knows no other numbers than finite ones.
    _emit({"value": {"name": name, "number": number if isfinite(number) else None}})


class _Span:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.thread = get_native_id()
        self.start = monotonic_ns()

    def __exit__(self, *error):
        end = monotonic_ns()
        to = get_native_id()
        elsewhere = {} if to == self.thread else {"to": to}
        _emit({"span": {"name": self.name, "thread": self.thread, **elsewhere, "start": self.start, "end": end}})


def span(name, work=None):
    """`with span("phase"): …`, or `span("phase", work)`, which gives the result of `work()`: the timeline of threads shows
    it under this name."""
    if work is None:
        return _Span(name)
    with _Span(name):
        return work()


def show(kind, data):
    """Shows something rich: `show("image/svg+xml", drawing)`, with text or bytes."""
    if isinstance(data, str):
        content = {"data": data}
    else:
        try:
            content = {"data": bytes(data).decode()}
        except UnicodeDecodeError:
            from base64 import b64encode

            content = {"base64": b64encode(data).decode()}
    _emit({"show": {"type": kind, **content}})


def _emit(what):
    """Appends a line by one write, so that those of several threads and processes do not mix."""
    path = os.environ.get("CELL_EMIT")
    if path is None:
        return
    # Here, since it takes a while: a program that says nothing is not kept from starting.
    from json import dumps

    line = dumps(what) + "\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)
