#!/usr/bin/env python3
"""How long the compiling of 25 Rust cells takes, 20 on std and 5 with tokio, against the compiler itself and against other ways.

    benches/cells.py [--rounds N] [BLOG]

Wall times are those of whole processes, from the start to the end. `blog build` also highlights, renders and writes pages,
and runs what it compiled, so there are three sites with the same posts:

* `compile`: cells with the verb `check`, whose command line is that of `build` in languages.toml. The same calls of the
  compiler as for cells that run, and none of the runs: this is what is compared with `rustc -O`.
* `run`: cells with the verb `run`, as authors write them.
* `show`: the same code without a verb. What its build takes is not due to cells.

Cold is without `results/`; the packages are built before, and so is what is remembered of highlighting. The plain runs of
`rustc -O` get the flags by which `blog` leads its cells to tokio. Every round measures everything once, every other round in
the opposite order. A ratio is the median of the ratios in each round, so that both of its sides saw the same machine.
A busy machine adds much to wall times and little to CPU times, of which there are none of `blog`: what it starts compilers
through ignores their ends (SIGCHLD), and the kernel counts nobody's time for it then. Look at the load averages.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cell_programs import STD, TOKIO

REPOSITORY = Path(__file__).resolve().parent.parent
PROGRAMS = STD | TOKIO
TOKIO_DEPENDENCY = '{ version = "1", features = ["full"] }'
CORES = len(os.sched_getaffinity(0))
# The cell that is edited, and the one that fails.
EDITED, FAILING = "channel", "barrier"
MISTAKE = 'fn main() { let number: u64 = "no number"; }\n'
CELLS_OF_A_POST = 5


def source(name, seed):
    """A program; each seed makes another of it."""
    return f"#![allow(unused)]\nconst SEED: u64 = {seed};\n{PROGRAMS[name].strip()}\n"


def call(command, folder, env, codes=(0,)):
    """Runs a program that ends with one of these codes, else says what it said and gives up."""
    done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in codes:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


class Site:
    """A site with all programs as cells."""

    def __init__(self, folder, blog, env, verb, config=""):
        self.folder, self.blog, self.env, self.verb = folder, blog, env, verb
        (folder / "content").mkdir(parents=True)
        (folder / "blog.toml").write_text(config)

    def write(self, seed=0, failing=False):
        """Writes the posts: one cell by its seed, and one with a mistake if it is to fail."""
        names = list(PROGRAMS)
        for start in range(0, len(names), CELLS_OF_A_POST):
            cells = [self.cell(name, seed, failing) for name in names[start : start + CELLS_OF_A_POST]]
            (self.folder / f"content/post-{start}.md").write_text("Prose.\n\n" + "\n".join(cells))

    def cell(self, name, seed, failing):
        code = MISTAKE if failing and name == FAILING else source(name, seed if name == EDITED else 0)
        options = f"//| deps.tokio = {TOKIO_DEPENDENCY}\n" if self.verb and name in TOKIO else ""
        info = f"rust,{self.verb}:{name}" if self.verb else "rust"
        return f"```{info}\n{options}{code}```\n"

    def build(self, failing=False):
        call([self.blog, "build", "--quiet"], self.folder, self.env, codes=(1,) if failing else (0,))
        stored, wanted = len(list(self.folder.glob("results/*/*.toml"))), len(PROGRAMS) - failing if self.verb else 0
        if stored != wanted:
            sys.exit(f"{stored} results are stored, not {wanted}")

    def forget(self):
        shutil.rmtree(self.folder / "results", ignore_errors=True)


class Plain:
    """The same programs as files, compiled by `rustc -O` each."""

    def __init__(self, folder, env, packages):
        self.folder, self.env, self.packages = folder, env, packages
        folder.mkdir()
        for name in PROGRAMS:
            (folder / f"{name}.rs").write_text(source(name, 0))

    def compile(self, name, flags=()):
        packages = self.packages if name in TOKIO else []
        # The name of a crate has no hyphens; those of our files have none either.
        command = ["rustc", "-O", "--edition=2024", *packages, *flags, "-o", f"{name}.program", f"{name}.rs"]
        call(command, self.folder, self.env)

    def compile_all(self, at_once, flags=()):
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda name: self.compile(name, flags), PROGRAMS))

    def merge(self):
        """One crate of all programs, each in a module."""
        code = lambda name: source(name, 0).removeprefix("#![allow(unused)]\n")
        modules = [f"mod {name} {{\n{code(name)}pub fn run() {{ drop(main()) }}\n}}" for name in PROGRAMS]
        calls = [f"{name}::run();" for name in PROGRAMS]
        text = "\n".join(["#![allow(unused)]", *modules, "fn main() {", *calls, "}"])
        (self.folder / "merged.rs").write_text(text)

    def compile_merged(self):
        command = ["rustc", "-O", "--edition=2024", *self.packages, "-o", "merged.program", "merged.rs"]
        call(command, self.folder, self.env)


class Package:
    """The same programs as the targets of one Cargo package."""

    def __init__(self, folder, env):
        self.folder, self.env = folder, env
        (folder / "src/bin").mkdir(parents=True)
        head = '[package]\nname = "cells"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
        (folder / "Cargo.toml").write_text(f"{head}tokio = {TOKIO_DEPENDENCY}\n")
        self.write()

    def write(self, seed=0):
        for name in PROGRAMS:
            file, text = self.folder / f"src/bin/{name}.rs", source(name, seed if name == EDITED else 0)
            # Cargo goes by the time at which a file was written.
            if not file.exists() or file.read_text() != text:
                file.write_text(text)

    def build(self):
        call(["cargo", "build", "--release", "--quiet"], self.folder, self.env)

    def forget(self):
        """Removes the programs and keeps their dependencies."""
        call(["cargo", "clean", "--release", "--quiet", "--package", "cells"], self.folder, self.env)


def linkers():
    """The flags of other linkers than the one that rustc takes by itself."""
    others = {"the linker of cc": ["-Clinker-features=-lld"]} if os.uname().machine == "x86_64" else {}
    for name in ["lld", "mold", "gold"]:
        if shutil.which(f"ld.{name}"):
            others[name] = [f"-Clink-arg=-fuse-ld={name}"]
    return others


def packages_of(cache):
    """The flags by which `blog` leads cells to their packages, as it keeps them with what it built."""
    stamps = [json.loads(path.read_text()) for path in cache.glob("blog/packages/*/stamp.json")]
    if len(stamps) != 1:
        sys.exit(f"{len(stamps)} sets of packages were built, not 1")
    return stamps[0]["provided"]["build_flags"]


def settle(site):
    """Brings a site up to date."""
    site.write()
    site.build()


def ways(blog, folder):
    """What is measured: a name, how many cells are compiled, what comes before, and what is timed."""
    cache = folder / "cache"
    env = os.environ | {"XDG_CACHE_HOME": str(cache)}
    rust = tomllib.loads((REPOSITORY / "src/cells/languages.toml").read_text())["rust"]
    as_built = f"[languages.rust]\ncheck = {json.dumps(rust['build'])}\n"
    compiling = Site(folder / "compile", blog, env, "check", as_built)
    running = Site(folder / "run", blog, env, "run")
    showing = Site(folder / "show", blog, env, "")
    package = Package(folder / "package", env)
    for site in [compiling, running, showing]:
        settle(site)
    package.build()
    plain = Plain(folder / "plain", env, packages_of(cache))
    plain.merge()
    seeds = iter(range(1, 1_000_000))

    def cold(site, failing=False):
        site.write(failing=failing)
        site.forget()

    def edited(what):
        what.write()
        what.build()
        what.write(next(seeds))

    all_cells = len(PROGRAMS)
    nothing = lambda: None
    yield "rustc -O, one after another", all_cells, nothing, lambda: plain.compile_all(1)
    yield PLAIN, all_cells, nothing, lambda: plain.compile_all(CORES)
    for name, flags in linkers().items():
        yield f"{PLAIN}, {name}", all_cells, nothing, lambda flags=flags: plain.compile_all(CORES, flags)
    yield "rustc -O, the edited cell", 1, nothing, lambda: plain.compile(EDITED)
    yield "one merged crate, rustc -O", all_cells, nothing, plain.compile_merged
    yield "cargo package, cold", all_cells, package.forget, package.build
    yield "cargo package, one edited", 1, lambda: edited(package), package.build
    yield COLD, all_cells, lambda: cold(compiling), compiling.build
    yield "blog, compile only, one cell fails", all_cells, lambda: cold(compiling, True), lambda: compiling.build(True)
    yield "blog, compile only, one edited", 1, lambda: edited(compiling), compiling.build
    yield "blog, compile and run, cold", all_cells, lambda: cold(running), running.build
    yield "blog, compile and run, one edited", 1, lambda: edited(running), running.build
    yield "blog, compile and run, none edited", 0, lambda: settle(running), running.build
    yield "blog, no cells, none edited", 0, lambda: settle(showing), showing.build


PLAIN = f"rustc -O, {CORES} at once"
COLD = "blog, compile only, cold"
# What is compared with what.
RATIOS = [
    (COLD, PLAIN),
    ("one merged crate, rustc -O", PLAIN),
    ("cargo package, cold", PLAIN),
    ("blog, compile only, one edited", "rustc -O, the edited cell"),
    ("cargo package, one edited", "rustc -O, the edited cell"),
    ("blog, compile only, one cell fails", COLD),
]


def spent():
    """The CPU time of all processes that we or ours waited for, s."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(act):
    """Wall and CPU time, s."""
    cpu, start = spent(), time.perf_counter()
    act()
    return time.perf_counter() - start, spent() - cpu


def report(cells, times):
    ms = lambda seconds: f"{seconds * 1000:,.0f}"
    print("| what | cells compiled | wall, ms: median | least–most | CPU, ms: median | wall a cell, ms |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, pairs in times.items():
        walls = [wall for wall, _ in pairs]
        median = statistics.median(walls)
        cpu = "" if name.startswith("blog") else ms(statistics.median(cpu for _, cpu in pairs))
        each = ms(median / cells[name]) if cells[name] else ""
        print(f"| {name} | {cells[name]} | {ms(median)} | {ms(min(walls))}–{ms(max(walls))} | {cpu} | {each} |")
    print("\n| ratio of wall times | median | least–most |\n|---|--:|--:|")
    for one, other in RATIOS:
        ratios = [a / b for (a, _), (b, _) in zip(times[one], times[other])]
        print(f"| {one} / {other} | {statistics.median(ratios):.2f} | {min(ratios):.2f}–{max(ratios):.2f} |")
    stored, shown = times["blog, compile and run, none edited"], times["blog, no cells, none edited"]
    extra = statistics.median(a[0] - b[0] for a, b in zip(stored, shown)) / len(PROGRAMS)
    print(f"\nA cell with a stored result adds {extra * 1000:.2f} ms to a build.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("blog", nargs="?", default=REPOSITORY / "target/release/blog", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = list(ways(arguments.blog.resolve(), Path(folder)))
        times = {name: [] for name, *_ in measured}
        before = os.getloadavg()
        for number in range(arguments.rounds):
            for name, _, prepare, act in measured if number % 2 == 0 else reversed(measured):
                prepare()
                times[name].append(measure(act))
                print(f"{number + 1}/{arguments.rounds} {name}: {times[name][-1][0]:.2f} s", file=sys.stderr)
        report({name: cells for name, cells, *_ in measured}, times)
        load = " to ".join(f"{average:.1f}" for average in (before[0], os.getloadavg()[0]))
        print(f"Medians of {arguments.rounds} rounds on {CORES} cores; load average {load}.")


if __name__ == "__main__":
    main()
