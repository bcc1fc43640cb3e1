#!/usr/bin/env python3
"""Checks that the relative links and pictures of the documentation lead to files, and to headings, that exist.

    scripts/check_links.py [PAGE ...]     default: README.md and all pages of docs, examples, exercises, benchmarks and data

Without PAGEs also that an exercise leads back to each lesson that leads to it, and exercises and lessons to a sheet of the course.

An anchor, file.md#a-heading, is made of a heading as GitHub makes it. Links to other hosts are not followed.
"""

import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^()\s>]+(?:\([^()\s]*\))?)>?(?:\s+\"[^\"]*\")?\s*\)|<(?:a|img)\s[^>]*?(?:href|src)=\"([^\"]+)\"")


def without_code(text):
    """The page with as many lines, but with nothing in blocks of code and between backticks."""
    text = re.sub(r"^(```+|~~~+).*?^\1\s*$", lambda m: "\n" * m.group().count("\n"), text, flags=re.S | re.M)
    text = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "code", text)
    return re.sub(r"<!--.*?-->", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)


def anchors(page):
    """Of the headings: small letters, no punctuation, a hyphen for each blank; the second of a name has -1."""
    text = re.sub(r"^(```+|~~~+).*?^\1\s*$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    found, seen = set(re.findall(r"<a (?:name|id)=\"([^\"]+)\"", text)), {}
    for heading in re.findall(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$", text, flags=re.M):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = seen[name] = seen.get(name, -1) + 1
        found.add(name if count == 0 else f"{name}-{count}")
    return found


def problem(page, link):
    """What is wrong with a link of that page, or None."""
    target, _, anchor = urllib.parse.unquote(link).partition("#")
    file = (page.parent / target).resolve() if target else page
    if not file.exists():
        return "there is no such file"
    if ROOT not in file.parents:
        return "it leads out of the project"
    if anchor and file.suffix == ".md" and anchor not in anchors(file):
        return f"{file.relative_to(ROOT)} has no such heading"
    return None


def links_of(page):
    """The links of a page to files: line, link."""
    text = without_code(page.read_text(encoding="utf-8"))
    for match in LINK.finditer(text):
        link = match.group(1) or match.group(2)
        if not re.match(r"[a-z][a-z+.-]*:", link):
            yield text.count("\n", 0, match.start()) + 1, link


def no_ways_back():
    """Exercises that lack a link to a lesson that sends students there; exercises and lessons that lack one to the course."""
    goals = lambda page: {(page.parent / link.partition("#")[0]).resolve() for _, link in links_of(page)}  # noqa: E731
    lessons = {page: goals(page) for page in (ROOT / "docs/lessons").glob("*.md") if page.name != "README.md"}
    exercises = {page: goals(page) for page in sorted((ROOT / "exercises").glob("[0-9]*/README.md"))}
    for exercise, seen in exercises.items():
        for lesson, leads_to in sorted(lessons.items()):
            if exercise in leads_to and lesson not in seen:
                yield f"{exercise.relative_to(ROOT)}: no link back to {lesson.relative_to(ROOT)}"
    for page, seen in {**lessons, **exercises}.items():
        if not any(goal.parent == ROOT / "docs/course" for goal in seen):
            yield f"{page.relative_to(ROOT)}: no link to a sheet of the course"


def main(arguments):
    pages = [pathlib.Path(p).resolve() for p in arguments] or [ROOT / "README.md"] + [
        page for folder in ("docs", "examples", "exercises", "benchmarks", "data") for page in sorted((ROOT / folder).rglob("*.md"))
    ]
    links = bad = 0
    for page in pages:
        for line, link in links_of(page):
            links += 1
            wrong = problem(page, link)
            if wrong:
                bad += 1
                print(f"{page.relative_to(ROOT)}:{line}: {link}: {wrong}", file=sys.stderr)
    for missing in no_ways_back() if not arguments else ():
        bad += 1
        print(missing, file=sys.stderr)
    print(f"{links} links in {len(pages)} pages, {bad} broken or missing")
    return 1 if bad or not links else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
