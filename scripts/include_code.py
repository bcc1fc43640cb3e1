#!/usr/bin/env python3
"""Keeps code in the documentation equal to the file it is from.

    scripts/include_code.py --check [PAGE ...]     ends with 1, and says where, if a page shows something else than the file
    scripts/include_code.py --update [PAGE ...]    writes the file's code into the pages

A page (default: all of README.md, docs, examples and exercises) says what it shows in a comment before a block of code:

    <!-- include: include/latent/layers/dense.hpp, from "static void forward" to "}" -->
    ```cpp
    ...
    ```

These are the lines from the first one that has the first text in it to the next one that has, or without its blanks is, the
second text, both included, less what all are indented by. `from "..." lines 5` says how many lines instead.
"""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARK = re.compile(r'<!-- include: (\S+), from "(.+?)" (?:to "(.+?)"|lines (\d+)) -->\n```\w*\n(.*?)^```$', re.S | re.M)


def pages():
    found = [ROOT / "README.md"]
    for folder in ("docs", "examples", "exercises"):
        found += sorted((ROOT / folder).rglob("*.md"))
    return found


def excerpt(name, begin, end, count):
    """The lines of the file; raises ValueError if they are not found."""
    file = ROOT / name
    if not file.is_file():
        raise ValueError(f"there is no {name}")
    lines = file.read_text(encoding="utf-8").splitlines()
    first = next((i for i, line in enumerate(lines) if begin in line), None)
    if first is None:
        raise ValueError(f'{name} has no line with "{begin}"')
    if count:
        last = first + int(count) - 1
    else:
        # A lone brace ends what began with its indentation.
        indent = re.match(r"\s*", lines[first]).group()
        matches = (lambda line: line == indent + end) if end in ("}", "};") else (lambda line: end in line)
        last = next((i for i in range(first + 1, len(lines)) if matches(lines[i])), None)
        if last is None:
            raise ValueError(f'{name} has no line with "{end}" after "{begin}"')
    if last >= len(lines):
        raise ValueError(f'{name} has no {count} lines from "{begin}" on')
    return textwrap.dedent("\n".join(lines[first : last + 1])) + "\n"


def main(arguments):
    if not arguments or arguments[0] not in ("--check", "--update"):
        print(__doc__, file=sys.stderr)
        return 2
    update, bad, blocks = arguments[0] == "--update", 0, 0
    for page in [pathlib.Path(p).resolve() for p in arguments[1:]] or pages():
        text = page.read_text(encoding="utf-8")

        def block(match):
            nonlocal bad, blocks
            blocks += 1
            name, begin, end, count, shown = match.groups()
            try:
                code = excerpt(name, begin, end, count)
            except ValueError as error:
                print(f"{page}: {error}", file=sys.stderr)
                bad += 1
                return match.group()
            if code != shown and not update:
                print(f'{page}: what is shown of {name} from "{begin}" on is not what stands there; '
                      "run scripts/include_code.py --update", file=sys.stderr)
                bad += 1
            return match.group()[: match.start(5) - match.start()] + code + "```"

        new = MARK.sub(block, text)
        if text.count("<!-- include: ") != len(MARK.findall(text)):
            print(f"{page}: a comment `include` is malformed, or has no block of code behind it", file=sys.stderr)
            bad += 1
        if update and new != text:
            page.write_text(new, encoding="utf-8")
    print(f"{blocks} blocks of code, {bad} wrong")
    return 1 if bad or (blocks == 0 and len(arguments) == 1) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
