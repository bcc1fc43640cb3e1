#!/usr/bin/env python3
"""Compares the figures in the pages of the course with what scripts/run_course.sh has written.

usage: check_course_pages.py [ROOT]

- A block that begins with `$ COMMAND` quotes what that command printed (docs/course/output.txt), line by line and in order;
  a line `...` stands for lines left out.
- A number with a decimal point and two digits or more, or a percentage, in the text of docs/course/*.md is a number that a command
  quoted on that page printed, or one of docs/results.md, rounded. (Other numbers are written as code.)
- Pictures are there.
- The last column of the table in examples/README.md is that of docs/results.md, rounded.
"""

import pathlib
import re
import sys
from decimal import Decimal

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)")


def rounds_to(number, shown):
    """Whether `shown` has the first digits of `number`, as a share or in per cent."""
    step = Decimal(1).scaleb(Decimal(shown).as_tuple().exponent)
    return any(abs(value - Decimal(shown)) <= step / 2 for value in (number, 100 * number, -number))


def numbers(text):
    return [Decimal(n.replace(",", "")) for n in NUMBER.findall(text)]


def sections(text):
    """What each command printed, by command."""
    found = {}
    for line in text.splitlines():
        if line.startswith("$ "):
            lines = found.setdefault(line, [])
        elif found:
            lines.append(line)
    return found


def missing_line(quoted, printed):
    """The first quoted line that was not printed in this order, or None."""
    rest = iter(printed)
    for line in quoted:
        if line != "..." and not any(line == other for other in rest):
            return line
    return None


def problems_of_page(page, printed, results):
    text = page.read_text(encoding="utf-8")
    for picture in re.findall(r"\]\((\S+\.png)\)", text):
        if not (page.parent / picture).exists():
            yield f"{picture} is missing"
    known = numbers(results)
    for block in re.findall(r"^```\w*\n(\$ .*?)^```$", text, re.S | re.M):
        command, *quoted = block.rstrip("\n").split("\n")
        if command not in printed:
            yield f"nothing is known of {command}"
            continue
        line = missing_line(quoted, printed[command])
        if line is not None:
            yield f"{command} did not print, at that place: {line}"
        known += numbers("\n".join(printed[command]))
    prose = re.sub(r"^```.*?^```$|`[^`]*`|<code>.*?</code>|\]\([^)]*\)", " ", text, flags=re.S | re.M)
    for shown in re.findall(r"(?<![\w.])-?\d+\.\d+(?![\w.]*\w)|(?<![\w.])\d+(?= %)", prose):
        if len(Decimal(shown).as_tuple().digits) > 1 and not any(rounds_to(number, shown) for number in known):
            yield f"no command on this page printed {shown}"


def last_column(table):
    """The first number in the last column of each line with a picture of the course, by picture."""
    rows = {}
    for line in table.splitlines():
        picture = re.search(r"images/course/(\w+\.png)", line)
        if picture and line.startswith("|"):
            rows[picture[1]] = line.rstrip("| ").split("|")
    return rows


def problems_of_table(readme, results):
    # exercise | figure | Keras | latent | ...
    ours = {picture: numbers(cells[4]) for picture, cells in last_column(results).items()}
    for picture, cells in last_column(readme).items():
        shown = re.match(r"[-\d.]+", cells[-1].strip())
        if picture not in ours:
            yield f"docs/results.md has no line for {picture}"
        elif not shown or not rounds_to(ours[picture][0], shown[0]):
            yield f"{picture}: {cells[-1].strip()}, but {ours[picture][0]} in docs/results.md"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    results = (root / "docs/results.md").read_text(encoding="utf-8")
    printed = sections((root / "docs/course/output.txt").read_text(encoding="utf-8"))
    pages = sorted((root / "docs/course").glob("*.md"))
    failures = [(page, problem) for page in pages for problem in problems_of_page(page, printed, results)]
    table = root / "examples/README.md"
    failures += [(table, problem) for problem in problems_of_table(table.read_text(encoding="utf-8"), results)]
    for path, problem in failures:
        print(f"{path.relative_to(root)}: {problem}")
    print(f"{len(pages)} pages, {len(failures)} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
