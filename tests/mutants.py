#!/usr/bin/env python3
"""Breaks the headers on purpose, one small change at a time, and looks whether the tests that are meant for them notice.

A mutant that compiles to the same machine code, as the build does it or with -O2, changes nothing and does not count; nor does
one that does not compile. The score is the share of the others that a test notices, by itself or with the sanitizers of
addresses and undefined behaviour (a read beyond the end of an array may give any number). Survivors are printed as a diff: each
is a test to be written, or a change that cannot matter. Needs a build folder (cmake --preset test) with the targets
latent_test_main and latent_keras_reference.

    tests/mutants.py --sample 100 --seed 1            another sample with each seed
    tests/mutants.py --only optimizers/ --sample 50   headers whose path has this in it
    tests/mutants.py --at layers/sampling.hpp:51      all mutants of a line
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

from meant_for import HEADERS, ROOT, tests_for

# What a slip of the pen looks like: a pattern, and what stands in its place.
CHANGES = [
    (r"(?<=\s)<=(?=\s)", "<"), (r"(?<=\s)>=(?=\s)", ">"), (r"(?<=[\w\])] )<(?= [\w(-])", "<="), (r"(?<=[\w\])] )>(?= [\w(-])", ">="),
    (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"),
    (r"(?<=[\w\])] )\+(?= )", "-"), (r"(?<=[\w\])] )-(?= )", "+"), (r"(?<=[\w\])] )\*(?= )", "/"), (r"(?<=[\w\])] )/(?= )", "*"),
    (r"\+=", "-="), (r"-=", "+="), (r"\+=", "="), (r"std::max\b", "std::min"), (r"std::min\b", "std::max"),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"(?<![\w.])0(?![\w.])", "1"), (r"(?<![\w.])1(?![\w.])", "2"),
    (r"(?<![\w.])1(?![\w.])", "0"), (r"(?<![\w.])2(?![\w.])", "3"), (r"\bheight\b", "width"), (r"\bwidth\b", "height"),
    (r"\bbreak;", ";"), (r"\bcontinue;", ";"), (r"! ?(?=[\w(])(?!=)", ""), (r"\bif \((?!constexpr)", "if (!!1 || "),
    (r"\.begin\(\)", ".begin() + 1"), (r"\btop\b", "left"), (r"(?<![\w.])1e-7(?!\w)", "1e-6"),
]  # fmt: skip


def masked(line):
    """The line with comments and words in quotes blanked, so that no change falls into them."""
    blank = lambda match: match.group(0)[0] + " " * (len(match.group(0)) - 2) + match.group(0)[-1]
    line = re.sub(r'"(?:[^"\\]|\\.)*"', blank, line)
    comment = line.find("//")
    return line if comment < 0 else line[:comment] + " " * (len(line) - comment)


def without_raw_strings(text):
    """The text with what stands in R"...(here)..." blanked: pages' scripts and styles, which the browser's tests look at."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'\bR"(\w*)\(.*?\)\1"', blank, text, flags=re.S)


def candidates(header):
    for number, line in enumerate(without_raw_strings(header.read_text()).splitlines(), 1):
        code = masked(line)
        words = code.strip()
        if not words or words.startswith(("#", "template <", "static_assert", "namespace", "using ", "}", "public:", "private:")):
            continue
        for pattern, new in CHANGES:
            for match in re.finditer(pattern, code):
                yield header, number, match.start(), match.group(0), new


# What never changes is read once for all mutants of a kind of test: half of the time at -O0.
OTHERS_HEADERS = ["doctest/doctest.h", "Eigen/Core", "nlohmann/json.hpp", "algorithm", "filesystem", "fstream", "functional",
                  "iostream", "map", "random", "set", "sstream", "thread"]  # fmt: skip


SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def without_precompiled(words):
    """The build's precompiled header holds latent's headers as they are: no mutant would be seen through it."""
    kept = []
    for word in words:
        if word.endswith(("/cmake_pch.hxx", "/cmake_pch.hxx.gch", "/cmake_pch.hxx.pch")):
            while kept and kept[-1] in ("-include", "-include-pch", "-Xclang"):
                kept.pop()
        else:
            kept.append(word)
    return kept


class Workshop:
    """A copy of the headers to break, and the commands that compile a test with it."""

    def __init__(self, build, flags, precompiled):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="latent_mutants_"))
        shutil.copytree(ROOT / "include", self.folder / "include")
        self.build, self.flags, self.precompiled = build, flags, precompiled
        entries = json.loads((build / "compile_commands.json").read_text())
        self.commands = {pathlib.Path(entry["file"]).resolve(): entry for entry in entries}

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def parts(self, source):
        """The files of a test: most have one."""
        return [source, *sorted(source.parent.glob(f"{source.stem.removeprefix('test_')}_part_*.cpp"))]

    def compile(self, source, also=()):
        """The object files, one after the other, or None."""
        objects = [self.compile_file(part, also) for part in self.parts(source)]
        return None if None in objects else b"".join(objects)

    def compile_file(self, source, also):
        entry = self.commands[source]
        words = without_precompiled(shlex.split(entry["command"]))
        words = [*words[: words.index("-o")], *self.flags, *also, "-g0"]
        to = self.folder / f"{source.stem}.o"
        words += ["-include", self.precompiled(tuple(words)), "-o", str(to), "-c", str(source)]
        ours = str((ROOT / "include").resolve())
        for i, word in enumerate(words):
            path = word[2:] if word.startswith("-I") else word
            if path and pathlib.Path(path).is_absolute() and str(pathlib.Path(path).resolve()) == ours:
                words[i] = word[: len(word) - len(path)] + str(self.folder / "include")
        done = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True)
        return to.read_bytes() if done.returncode == 0 else None

    def passes(self, source, also=()):
        """Whether the test ends well; None if there is no program of it."""
        main = self.build / "tests/CMakeFiles/latent_test_main.dir/main.cpp.o"
        program = self.folder / "test"
        compiler, *flags = shlex.split(self.commands[source]["command"])
        objects = [str(self.folder / f"{part.stem}.o") for part in self.parts(source)]
        words = [compiler, *also, *objects, str(main), "-o", str(program)]
        words += [flag for flag in flags if flag.startswith("-fopenmp") and flag != "-fopenmp-simd"]
        words += [str(self.build / "tests/liblatent_keras_reference.a")] * (source.parent.name == "keras")
        words += ["-lz", *(["-larchive", "-lcsv"] if source.parent.name in ("datasets", "report") else [])]
        if subprocess.run(words, capture_output=True).returncode != 0:
            print(f"{source.relative_to(ROOT)} cannot be linked alone: left out", file=sys.stderr)
            return None
        # A test that runs for ever ends by itself, also where this program has been killed.
        command = ["timeout", "--signal=KILL", "300" if also else "120", str(program)]
        # What is linked to it has no sanitizer, and knows nothing of their marks in the room that a vector keeps.
        environment = os.environ | {"ASAN_OPTIONS": "detect_container_overflow=0:detect_leaks=0"}
        return subprocess.run(command, cwd=self.build / "tests", capture_output=True, env=environment).returncode == 0

    def same_when_optimised(self, source, copy, lines, broken):
        """Whether a header that is broken compiles to the same code with -O2."""
        codes = [(copy.write_text(text), self.compile(source, ["-O2"]))[1] for text in (lines, broken)]
        return codes[0] == codes[1] != None

    def sanitizers_notice(self, source, copy, lines, broken):
        """Whether the test fails with sanitizers because of what is broken."""
        ends = []
        for text in (broken, lines):
            copy.write_text(text)
            ends.append(self.compile(source, SANITIZERS) is not None and self.passes(source, SANITIZERS))
            if ends[0] is not False:
                return False
        return ends[1] is True


def precompiler(folder):
    """A function that gives, for a compiler and its flags, the name of a header with those of others, compiled."""

    one_at_a_time = threading.Lock()

    @functools.cache
    def made(words):
        header = folder / hashlib.sha1(" ".join(words).encode()).hexdigest() / "others.hpp"
        header.parent.mkdir()
        header.write_text("".join(f"#include <{name}>\n" for name in OTHERS_HEADERS))
        subprocess.run([*words, "-x", "c++-header", str(header), "-o", f"{header}.gch"], check=True)
        return str(header)

    def precompiled(words):
        with one_at_a_time:
            return made(words)

    return precompiled


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=100, help="mutants to try; default 100")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="TEXT", help="headers whose path has this text in it")
    parser.add_argument("--at", metavar="HEADER:LINE", help="all mutants of one line")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/test")
    parser.add_argument("--flags", default="", help="after those of the build, such as --flags=-O0")
    parser.add_argument("--json", type=pathlib.Path, help="writes what became of each mutant")
    arguments = parser.parse_args()
    if not (arguments.build / "compile_commands.json").exists():
        parser.error(f"{arguments.build} is no build; cmake --preset test makes one")

    headers = [h for h in sorted(HEADERS.rglob("*.hpp")) if arguments.only in str(h.relative_to(HEADERS))]
    chosen = [mutant for header in headers for mutant in candidates(header)]
    if arguments.at:
        name, line = arguments.at.rsplit(":", 1)
        chosen = [m for m in chosen if str(m[0].relative_to(HEADERS)) == name and m[1] == int(line)]
    elif len(chosen) > arguments.sample:
        chosen = random.Random(arguments.seed).sample(chosen, arguments.sample)
    originals = {}  # the object file of each test, of the headers as they are
    scratch = tempfile.TemporaryDirectory(prefix="latent_mutants_")
    precompiled = precompiler(pathlib.Path(scratch.name))

    def tried(mutant):
        header, number, column, old, new = mutant
        shop = Workshop(arguments.build, shlex.split(arguments.flags), precompiled)
        try:
            copy = shop.folder / "include" / header.relative_to(ROOT / "include")
            lines = header.read_text().splitlines(keepends=True)
            broken = lines[number - 1][:column] + new + lines[number - 1][column + len(old) :]
            texts = "".join(lines), "".join(lines[: number - 1] + [broken] + lines[number:])
            survived = []
            # Short files first: they are compiled sooner, and the order changes no verdict.
            for test in sorted(tests_for(header), key=lambda path: path.stat().st_size):
                if test not in shop.commands:
                    continue
                if test not in originals:
                    copy.write_text(texts[0])
                    originals[test] = shop.compile(test)
                copy.write_text(texts[1])
                code = shop.compile(test)
                if code is None:
                    return mutant, broken, "does not compile", test
                if code == originals[test]:
                    continue
                passed = shop.passes(test)
                if passed is False:
                    return mutant, broken, "noticed", test
                survived += [test] * (passed is True)
            if not survived:
                return mutant, broken, "unused", None
            if all(shop.same_when_optimised(test, copy, *texts) for test in survived):
                return mutant, broken, "same with -O2", None
            for test in survived:
                if shop.sanitizers_notice(test, copy, *texts):
                    return mutant, broken, "noticed", test
            return mutant, broken, "SURVIVED", None
        finally:
            shop.close()

    counts, results = {}, []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for mutant, broken, result, test in pool.map(tried, chosen):
            header, number, _, old, new = mutant
            counts[result] = counts.get(result, 0) + 1
            place = f"{header.relative_to(HEADERS)}:{number}"
            results.append({"place": place, "old": old, "new": new, "result": result})
            print(f"{result:16} {place}  {old} -> {new}" + (f"  ({test.name})" if test else ""), flush=True)
            if result == "SURVIVED":
                print("  - " + header.read_text().splitlines()[number - 1].strip() + "\n  + " + broken.strip(), flush=True)
    counted = counts.get("noticed", 0) + counts.get("SURVIVED", 0)
    print(f"\n{len(chosen)} mutants: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    if counted:
        print(f"score: {100 * counts.get('noticed', 0) / counted:.1f} % of {counted} that change anything")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if counts.get("SURVIVED") else 0


if __name__ == "__main__":
    sys.exit(main())
