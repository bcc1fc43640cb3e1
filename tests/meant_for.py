#!/usr/bin/env python3
"""Which tests are meant for a header of include/latent: those that notice first when it is broken. Prints their names as ctest
knows them (layers.dense), a line each. Tests that have been changed themselves are taken as they are.

    tests/meant_for.py include/latent/layers/dense.hpp tests/core/test_team.cpp
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADERS = ROOT / "include/latent"


def tests_for(header, most=5, most_of_keras=2):
    """Those of its name in the same room, then those of the room that speak of it most; and Keras's numbers for formulas."""
    room, stem = header.relative_to(HEADERS).parts[0], header.stem
    named = sorted(ROOT.glob(f"tests/{room}/test_{stem}.cpp")) + sorted(ROOT.glob(f"tests/{room}/test_{stem}_*.cpp"))
    words = [f"{header.relative_to(HEADERS.parent)}", *re.findall(r"^(?:struct|class) (\w+)", header.read_text(), re.M)]
    words += re.findall(r"^(?:\[\[.*\]\] )?(?:inline|constexpr)? ?[\w:<>, ]+ (\w+)\(", header.read_text(), re.M)
    word = re.compile("|".join(rf"\b{re.escape(w)}\b" for w in words if w))
    mentions = lambda path: len(word.findall(path.read_text()))
    others = [test for test in sorted(ROOT.glob(f"tests/{room}/test_*.cpp")) if test not in named and mentions(test)]
    if not named and not others:
        others = [t for t in sorted(ROOT.glob("tests/*/test_*.cpp")) if not t.parts[-2] == "keras" and mentions(t)]
    others.sort(key=mentions, reverse=True)
    # Formulas are held against Keras's numbers.
    its_own = lambda path: path.name == f"test_{stem}.cpp" or f"cases_{stem}" in path.read_text()
    keras = [t for t in sorted(ROOT.glob("tests/keras/test_*.cpp")) if mentions(t) or its_own(t)]
    keras = [t for t in keras if not t.name.startswith("test_models")]
    keras.sort(key=lambda path: (its_own(path), mentions(path)), reverse=True)
    return (named + others)[:most] + (keras[:most_of_keras] if room in ("layers", "losses", "optimizers", "metrics") else [])


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return
    names = []
    for argument in sys.argv[1:]:
        path = pathlib.Path(argument).resolve()
        tests = tests_for(path) if path.is_relative_to(HEADERS) else [path]
        for test in tests:
            name = f"{test.parent.name}.{test.stem.removeprefix('test_')}"
            if name not in names:
                names.append(name)
    print("\n".join(names))


if __name__ == "__main__":
    main()
