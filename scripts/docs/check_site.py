"""Tries every link of a site, and that it asks nothing of other hosts.

usage: check_site.py FOLDER
"""
import html.parser
import pathlib
import re
import sys
import urllib.parse

# Doxygen links to these from the head of a page, also where it has hidden them.
DOXYGENS = {"nested-classes", "concepts", "define-members"}
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.links, self.loads = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (tag == "a" and name == "name"):
                self.names.add(value)
            elif (tag, name) in LOADED:
                self.loads.append(value)
            elif name == "href":
                self.links.append(value)


def main():
    folder = pathlib.Path(sys.argv[1])
    pages = {path.relative_to(folder).as_posix(): Page(path.read_text()) for path in folder.rglob("*.html")}
    wrong, count = [], 0
    for name, page in pages.items():
        for link in page.loads:
            if re.match(r"(https?:)?//", link):
                wrong.append(f"{name}: loads {link} from another host")
        for link in set(page.loads + page.links):
            if re.match(r"[a-z]+:|//", link):
                continue
            count += 1
            path, _, anchor = urllib.parse.unquote(link).partition("#")
            aim = (pathlib.PurePosixPath(name).parent / path).as_posix() if path else name
            if aim not in pages and not (folder / aim).exists():
                wrong.append(f"{name}: {link} leads to nothing")
            elif anchor and aim in pages and anchor not in pages[aim].names | DOXYGENS:
                wrong.append(f"{name}: {link}: there is no such place on the page")
    for path in folder.rglob("*.css"):
        for link in re.findall(r"""(?:url\(|@import )["']?((?:https?:)?//[^"')]*)""", path.read_text()):
            wrong.append(f"{path.name}: loads {link} from another host")
    for line in wrong:
        print(line)
    print(f"{len(pages)} pages, {count} links, {len(wrong)} of them wrong")
    return 1 if wrong or len(pages) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
