#!/usr/bin/env python3
"""Whether what `blog` measures is so: ratios that are known, and the medians of another tool.

    benches/calibration.py [--pairs N] [BLOG]

* Known ratio: N pairs of Rust cells, one of which does 1.25 times the work of the other. The 95 % interval of how many pairs'
  ratios holds 1.25?
* Identity: N pairs of cells with the same code. The interval of how many holds 1?
* hyperfine, if it is installed: the same scripts, measured by it before and after `blog` measures them.

The pairs of a group are measured in turns, as those of any group. Nothing else should run meanwhile.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
KNOWN = 1.25
WORK = 400_000
SCRIPTS = {
    "sh": "i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done\n",
    "python": "print(sum(n * n for n in range(300_000)))\n",
}
INTERPRETERS = {"sh": ["sh"], "python": [sys.executable, "-u"]}


def spin(cell, group, work):
    """A cell that computes, the time of which is in proportion to the work."""
    return f"""
```rust,bench:{cell}
//| group = "{group}"
fn spin(work: u64) -> u64 {{
    (0..work).fold(1, |x, n| std::hint::black_box(x ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}}
fn main() {{
    cell::measure(|| spin({work}));
}}
```
"""


def pairs(number, factor):
    """A post in which pairs of cells are compared."""
    work = round(WORK * factor)
    return "".join(spin(f"a{n}", f"g{n}", WORK) + spin(f"b{n}", f"g{n}", work) for n in range(number))


def script(language):
    return f"```{language},bench:{language}\n{SCRIPTS[language]}```\n"


def build(blog, folder, posts):
    """Builds a site with some posts; gives the records of its cells by post and cell."""
    for name, text in posts.items():
        path = folder / "content" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# {name}\n{text}")
    done = subprocess.run([blog, "build"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    records = (folder / "results").rglob("*.toml")
    return {(path.parent.name, path.stem): tomllib.loads(path.read_text())["cases"][0] for path in records}


def held(records, post, number, truth):
    """How many intervals hold the truth, and their median half-width relative to it."""
    ratios = [records[post, f"b{n}"]["ratio"] for n in range(number)]
    holds = sum(ratio["low"] <= truth <= ratio["high"] for ratio in ratios)
    width = statistics.median((ratio["high"] - ratio["low"]) / 2 for ratio in ratios)
    middle = statistics.median(ratio["median"] for ratio in ratios)
    return f"{holds} of {number} intervals hold {truth} (median ratio {middle:.3f}, median half-width {width:.3f})"


def hyperfine(language, folder):
    """The times that hyperfine takes of a script, ms."""
    path, out = folder / f"script.{language}", folder / "hyperfine.json"
    path.write_text(SCRIPTS[language])
    command = " ".join([*INTERPRETERS[language], str(path)])
    call = ["hyperfine", "--shell=none", "--warmup=1", "--runs=10", f"--export-json={out}", command]
    subprocess.run(call, check=True, capture_output=True)
    return [seconds * 1000 for seconds in json.loads(out.read_text())["results"][0]["times"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=40, help="how many pairs are compared")
    parser.add_argument("blog", nargs="?", default=REPOSITORY / "target/release/blog", type=Path)
    arguments = parser.parse_args()
    blog, number = arguments.blog.resolve(), arguments.pairs
    with tempfile.TemporaryDirectory() as folder:
        site, scripts = Path(folder) / "pairs", Path(folder) / "scripts"
        site.mkdir(), scripts.mkdir()
        records = build(blog, site, {"known": pairs(number, KNOWN), "same": pairs(number, 1)})
        print("Known ratio:", held(records, "known", number, KNOWN))
        print("Identity:", held(records, "same", number, 1))
        if shutil.which("hyperfine"):
            theirs = {language: hyperfine(language, Path(folder)) for language in SCRIPTS}
            ours = build(blog, scripts, {"scripts": "\n".join(map(script, SCRIPTS))})
            for language, times in theirs.items():
                times += hyperfine(language, Path(folder))
                wall = ours["scripts", language]["measured"]["wall"]
                low, high = (wall[end] / 1e6 for end in ("low", "high"))
                print(
                    f"{language}: {wall['median'] / 1e6:.2f} ms ({low:.2f}–{high:.2f}) by blog; "
                    f"{statistics.median(times):.2f} ms ({min(times):.2f}–{max(times):.2f}, all runs) by hyperfine"
                )
        print(f"Load average {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
