"""Adds the words of the guides to Doxygen's index for its search box, which knows names and titles alone.

usage: search.py FOLDER SECTIONS   (the site, and the sections.json that pages.py has written)

A word leads to the sections that have it, those that have it most often first. Words that are nearly everywhere tell nothing.
"""
import collections
import json
import pathlib
import re
import sys

MOST_SECTIONS = 50  # a word in more of them is left out
SHOWN = 15  # sections for one word


def main():
    folder = pathlib.Path(sys.argv[1]) / "search"
    sections = json.loads(pathlib.Path(sys.argv[2]).read_text())
    found = collections.defaultdict(list)  # word -> (how often, section)
    for number, (_, title, text) in enumerate(sections):
        words = collections.Counter(re.findall(r"[a-z][a-z0-9_]{2,}", (title + " " + text).lower()))
        for word, count in words.items():
            found[word].append((-count, number))
    # The letters that there are files for; the file of number n is all_<n in hexadecimal>.js.
    letters = re.search(r'^  0: "(.*)"', (folder / "searchdata.js").read_text(), re.M).group(1)
    entries = collections.defaultdict(list)
    for word, places in sorted(found.items()):
        if word[0] not in letters or len(places) > MOST_SECTIONS:
            continue
        shown = [["../" + sections[number][0], 1, sections[number][1]] for _, number in sorted(places)[:SHOWN]]
        entries[word[0]].append([word.replace("_", "_5f") + "_text", [f"{word} (guides)", *shown]])
    for letter, added in entries.items():
        file = folder / f"all_{letters.index(letter):x}.js"
        text = file.read_text().rstrip().removesuffix("];").rstrip()
        file.write_text(text + ",\n" + ",\n".join("  " + json.dumps(entry) for entry in added) + "\n];\n")
    print(f"{sum(map(len, entries.values()))} words of {len(sections)} sections can be searched for")
    return 0 if entries else 1


if __name__ == "__main__":
    sys.exit(main())
