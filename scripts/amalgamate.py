#!/usr/bin/env python3
"""Puts latent's headers into one file, for an online compiler or a project that wants one: it needs Eigen beside it.

usage: scripts/amalgamate.py [-o latent.hpp] [HEADER ...]      default: latent/latent.hpp, to standard output

A header comes where it is included first; headers of others stay includes.
"""
import argparse
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'\s*#\s*include\s*["<](latent/[^">]+)[">]')


def expanded(header, seen):
    """The lines of a header, with those of latent's that it includes, but for those in `seen`."""
    seen.add(header)
    yield f"// ==== {header}"
    for line in (root / "include" / header).read_text(encoding="utf-8").splitlines():
        included = INCLUDE.match(line)
        if included:
            if included[1] not in seen:
                yield from expanded(included[1], seen)
        elif line.strip() != "#pragma once":
            yield line


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", help="the file to write; default: standard output")
    parser.add_argument("headers", nargs="*", default=["latent/latent.hpp"], metavar="HEADER")
    arguments = parser.parse_args()

    seen = set()
    lines = ["// latent in one file, made by scripts/amalgamate.py.", "//"]
    lines += [f"// {line}".rstrip() for line in (root / "LICENSE").read_text(encoding="utf-8").splitlines()]
    lines += ["#pragma once", ""]
    for header in arguments.headers:
        header = header.removeprefix("include/")
        if not INCLUDE.match(f"#include <{header}>") or not (root / "include" / header).is_file():
            parser.error(f"there is no header {header}; they are called as in a program: latent/latent.hpp")
        lines += expanded(header, seen)
    text = "\n".join(lines) + "\n"
    try:
        if arguments.output:
            file = pathlib.Path(arguments.output)
            temporary = file.with_name(file.name + ".part") if file.is_file() or not file.exists() else file  # a device stays
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(file)
        else:
            sys.stdout.reconfigure(encoding="utf-8")
            print(text, end="", flush=True)
    except OSError as error:
        sys.exit(f"amalgamate.py: {arguments.output or 'standard output'}: {error.strerror}")


if __name__ == "__main__":
    main()
