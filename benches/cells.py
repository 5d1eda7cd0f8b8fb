#!/usr/bin/env python3
"""How long the cells of a site take to be compiled: by `blog`, by plain `rustc -O`, and in other ways that would be possible.

    cargo build --release && benches/cells.py target/release/blog [--std 20] [--tokio 5] [--rounds 7]

The programs are those of `benches/cells/*.md`, each with a `main` of its own, so that a compiler alone takes them as they stand.
Every round measures every way once, in an order that is drawn anew; a ratio is taken within each round, and the table gives the
medians over the rounds. All work in folders of their own, with the packages of one build; crates come from Cargo's cache, if
they are there.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent / "cells"
CORES = len(os.sched_getaffinity(0))
MAIN, VISIBLE = re.compile(r"^(?=(async )?fn main)", re.MULTILINE), "pub "
FENCE = re.compile(r"```rust,run:(\w+)\n(.*?)```\n", re.DOTALL)


class Program:
    """A cell: its post, its name and its code."""

    def __init__(self, post, name, code):
        self.post, self.name, self.code = post, name, code


def read(post, limit):
    """The front matter and heading of a post, and its first programs."""
    text = (HERE / f"{post}.md").read_text()
    return text[: text.index("```")], [Program(post, *found) for found in FENCE.findall(text)[:limit]]


def run(command, folder=None, expected=0, **variables):
    """Runs a command line without its output and gives its time, s."""
    start = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True)
    wall = time.perf_counter() - start
    if ended.returncode != expected:
        sys.exit(f"{command} ended with {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return wall


class Site:
    """The posts with the programs, as `blog` builds them."""

    def __init__(self, blog, root, heads, programs):
        self.blog, self.root, self.heads = blog, root, heads
        self.cache = root / "cache"
        self.write(programs)

    def write(self, programs, verb="run", more=""):
        shutil.rmtree(self.root / "content", ignore_errors=True)
        for post, head in self.heads.items():
            own = [program for program in programs if program.post == post]
            cells = [f"```rust{',' + verb + ':' + p.name if verb else ''}\n{p.code}```\n" for p in own]
            file = self.root / "content" / f"{post}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(head + "\n".join(cells) + (more if post == "std" else ""))

    def build(self, expected=0):
        return run([self.blog, "build", "--quiet", "--root", self.root], expected=expected, XDG_CACHE_HOME=str(self.cache))

    def forget(self):
        shutil.rmtree(self.root / "results", ignore_errors=True)

    def flags(self):
        """What leads a compiler to the packages: as `blog` has it of Cargo."""
        stamps = list((self.cache / "blog/packages").glob("rust-*/stamp.json"))
        return json.loads(stamps[0].read_text())["provided"]["build_flags"] if stamps else []


class Plain:
    """Plain compilers, each for one program."""

    def __init__(self, root, flags):
        self.root, self.flags = root, flags
        root.mkdir()

    def compile(self, program, more=()):
        file = self.root / f"{program.post}-{program.name}.rs"
        file.write_text(program.code)
        command = ["rustc", "--edition=2024", "-O", "--crate-name=cell", "-Aunused", *more, "-o", file.with_suffix(""), file]
        return run(command + (self.flags if program.post == "tokio" else []))

    def all(self, programs, at_once, more=()):
        start = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda program: self.compile(program, more), programs))
        return time.perf_counter() - start


class Package:
    """One Cargo package with a target for each program."""

    def __init__(self, root, heads, programs):
        self.root, self.programs = root, programs
        found = re.search(r"tokio: (\{.*\})", heads.get("tokio", ""))
        dependency = f"tokio = {found[1].replace(': ', ' = ')}" if found else ""
        (root / "src/bin").mkdir(parents=True)
        (root / "Cargo.toml").write_text(
            f'[package]\nname = "cells"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n{dependency}\n[workspace]\n'
        )
        for program in programs:
            self.write(program)
        self.build()

    def write(self, program):
        (self.root / f"src/bin/{program.name}.rs").write_text(program.code)

    def build(self):
        return run(["cargo", "build", "--quiet", "--release", "--bins"], self.root)

    def cold(self):
        run(["cargo", "clean", "--quiet", "--release", "--package", "cells"], self.root)
        return self.build()


class Merged:
    """One crate with a module for each program, as rustdoc merges the doctests of the edition 2024."""

    def __init__(self, root, flags):
        self.root, self.flags = root, flags
        root.mkdir()

    def build(self, programs):
        modules = [f"mod {p.name} {{\n{MAIN.sub(VISIBLE, p.code)}}}\n" for p in programs]
        arms = [f'Some("{p.name}") => {{ let _ = {p.name}::main(); }}\n' for p in programs]
        main = f"fn main() {{ match std::env::args().nth(1).as_deref() {{\n{''.join(arms)}_ => {{}}\n}} }}\n"
        file = self.root / "merged.rs"
        file.write_text("".join(modules) + main)
        command = ["rustc", "--edition=2024", "-O", "-Aunused", *self.flags, "-o", self.root / "merged", file]
        return run(command)


def linkers(root):
    """The linkers that work here, with what has the compiler use them."""
    tried = {"GNU ld": ["-Clinker-features=-lld"]}
    tried |= {name: [f"-Clink-arg=-fuse-ld={name}"] for name in ["lld", "mold", "wild"]}
    (root / "empty.rs").write_text("fn main() {}\n")
    for name, flags in tried.items():
        if not subprocess.run(["rustc", *flags, "-o", root / "empty", root / "empty.rs"], capture_output=True).returncode:
            yield name, flags


def edited(program, number):
    return Program(program.post, program.name, f"{program.code}// edited {number}\n")


def ways(site, plain, package, merged, programs):
    """What is measured: a name, what to compare with, and a function of the number of the round that gives seconds."""
    baseline = f"`rustc -O`, {CORES} at once"

    def cold():
        site.forget()
        return site.build()

    def one_edited(number, compile):
        at = number * 7 % len(programs)
        return compile([*programs[:at], edited(programs[at], number), *programs[at + 1 :]], at)

    def blog_edited(changed, _):
        site.write(changed)
        wall = site.build()
        site.write(programs)
        site.build()
        return wall

    def package_edited(changed, at):
        package.write(changed[at])
        return package.build()

    def beside_failures():
        site.write(programs, more='\n```rust,run:wrong\nfn main() { let n: u8 = ""; }\n```\n')
        site.forget()
        wall = site.build(expected=1)
        site.write(programs)
        site.build()
        return wall

    def shown():
        site.write(programs, verb="")
        site.build()
        wall = site.build()
        site.write(programs)
        site.build()
        return wall

    yield baseline, baseline, lambda _: plain.all(programs, CORES)
    yield "`rustc -O`, one at a time", baseline, lambda _: plain.all(programs, 1)
    yield "**blog, cold**", baseline, lambda _: cold()
    yield "blog, cold, beside one that does not compile", baseline, lambda _: beside_failures()
    yield "one Cargo package, a target each", baseline, lambda _: package.cold()
    yield "one merged crate", baseline, lambda _: merged.build(programs)
    for name, flags in linkers(plain.root):
        yield f"`rustc -O`, {CORES} at once, {name}", baseline, lambda _, flags=flags: plain.all(programs, CORES, flags)
    single = "`rustc -O` of the one that was edited"
    yield single, single, lambda number: one_edited(number, lambda changed, at: plain.compile(changed[at]))
    yield "**blog, one edited**", single, lambda number: one_edited(number, blog_edited)
    yield "one Cargo package, one edited", single, lambda number: one_edited(number, package_edited)
    yield "one merged crate, one edited", single, lambda number: one_edited(number, lambda all, _: merged.build(all))
    fences = "blog, none edited, fences that never ran"
    yield fences, fences, lambda _: shown()
    yield "**blog, none edited**", fences, lambda _: site.build()


def measure(found, rounds):
    """The times of each way, s, a list with one a round."""
    times = {name: [] for name, _, _ in found}
    for number in range(rounds):
        for name, _, way in random.sample(found, len(found)):
            times[name].append(way(number))
        print(f"round {number + 1} of {rounds}, load average {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return times


def report(found, times, cells):
    print("\n| way | wall | ratio | lowest and highest | to |\n|---|--:|--:|--:|---|")
    for name, base, _ in found:
        ratios = [wall / other for wall, other in zip(times[name], times[base])]
        wall = statistics.median(times[name])
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"| {name} | {1e3 * wall:.0f} ms | {statistics.median(ratios):.2f} | {spread} | {base} |")
    name, base, _ = found[-1]
    more = statistics.median(wall - other for wall, other in zip(times[name], times[base])) / cells
    print(f"\nA cell that has its result costs {1e3 * more:.2f} ms more than a fence that never ran.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("blog", type=Path, help="the program, built with --release")
    parser.add_argument("--std", type=int, default=20, help="programs on the standard library")
    parser.add_argument("--tokio", type=int, default=5, help="programs with tokio")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    (std, first), (tokio, others) = read("std", options.std), read("tokio", options.tokio)
    programs, heads = first + others, {"std": std, "tokio": tokio}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        site = Site(options.blog.resolve(), root / "site", heads, programs)
        version = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
        print(f"{len(first)} programs on std and {len(others)} with tokio, {CORES} processors, {version}")
        print(f"load average before: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
        print(f"blog, the first time, with choosing and building packages: {site.build():.1f} s")
        plain, merged = Plain(root / "plain", site.flags()), Merged(root / "merged", site.flags())
        found = list(ways(site, plain, Package(root / "package", heads, programs), merged, programs))
        times = measure(found, options.rounds)
        report(found, times, len(programs))
        print(f"\nload average after: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")


if __name__ == "__main__":
    main()
