#!/usr/bin/env python3
"""Writes the skeleton, the solution and the solution with each planted mistake into one header: marks.cpp, compiled with it
once, marks them all.

    python3 variants.py SKELETON SOLUTION MISTAKES OUTPUT

MISTAKES is a list of

    == what is wrong, in words
    - text of the solution, which must be there exactly once
    + what stands there instead
    seconds: 1                                        (if it shall not run for long)
    loses: name of a property: words in its message   (one line for each property that loses its marks)

A text of several lines has a `-` or `+` before each; blanks at the ends of lines do not count. Lines that begin with # are
comments.
"""

import pathlib
import re
import sys


def fail(message):
    sys.exit(f"variants.py: {message}")


def read_mistakes(path):
    mistakes = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            mistakes.append({"title": line[3:].strip(), "-": [], "+": [], "seconds": "0", "loses": []})
        elif line[:1] in "-+" and mistakes:
            mistakes[-1][line[0]].append(line[1:].strip())
        elif line.startswith("seconds:") and mistakes:
            mistakes[-1]["seconds"] = line.split(":", 1)[1].strip()
        elif line.startswith("loses:") and mistakes and line.count(":") >= 2:
            mistakes[-1]["loses"].append([part.strip() for part in line.split(":", 2)[1:]])
        else:
            fail(f"{path}:{number}: expected a line that begins with ==, -, +, seconds: or loses: NAME: WORDS, received {line!r}")
    return mistakes


def replaced(solution, mistake, path):
    """The solution with the mistake in it."""
    pattern = r"\s*\n\s*".join(re.escape(line) for line in mistake["-"])
    places = list(re.finditer(pattern, solution)) if pattern else []
    if len(places) != 1:
        fail(f"{path}: the text of {mistake['title']!r} is in the solution {len(places)} times, expected once")
    return solution[: places[0].start()] + "\n".join(mistake["+"]) + solution[places[0].end() :]


def quoted(words):
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    if len(sys.argv) != 5:
        fail("usage: variants.py SKELETON SOLUTION MISTAKES OUTPUT")
    skeleton, solution, mistakes_file, output = map(pathlib.Path, sys.argv[1:])
    right, mistakes = solution.read_text(), read_mistakes(mistakes_file)
    variants = [("the skeleton", skeleton.read_text(), "0", "true", []), ("the solution", right, "0", "false", [])]
    for mistake in mistakes:
        if not mistake["loses"]:
            fail(f"{mistakes_file}: {mistake['title']!r} loses nothing")
        text = replaced(right, mistake, mistakes_file)
        variants.append((mistake["title"], text, mistake["seconds"], "false", mistake["loses"]))

    includes, spaces, table = [], [], []
    for number, (title, text, seconds, everything, losses) in enumerate(variants):
        for line in re.findall(r"^\s*#\s*include.*$", text, re.M):
            if line not in includes:
                includes.append(line)
        body = re.sub(r"^\s*#\s*(include|pragma once).*$", "", text, flags=re.M)
        body, spots = re.subn(r"\bnamespace yours\b", f"namespace variant_{number}", body)
        if spots == 0:
            fail(f"{solution}: expected `namespace yours`")
        spaces.append(f"// {title}\n{body.strip()}\n")
        list_ = ", ".join("{%s, %s}" % (quoted(name), quoted(words)) for name, words in losses)
        table.append(f"  {{{quoted(title)}, MARKS_OF(variant_{number}), {seconds}, {everything}, {{{list_}}}}},")
    header = "\n".join(["#pragma once", *includes, "", *spaces, "#define VARIANTS \\", " \\\n".join(table), ""])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(header)


main()
