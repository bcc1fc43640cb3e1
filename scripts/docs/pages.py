"""Makes pages for Doxygen of the project's Markdown, so that guides and API reference are one site.

usage: pages.py FOLDER   (from the project's folder; FOLDER is emptied)

A page is FOLDER/<id>.dox, which has its title, its sections and its place among the others, and pieces of HTML between them. The
HTML is made by markdown-it, a parser of the Markdown that GitHub shows, and by Pygments; formulas are left to KaTeX in the browser.
A README.md is the parent of the pages in its folder. Files that a page links to and that are no pages, such as a program, get one.
"""
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys

import markdown_it
import pygments
import pygments.formatters
import pygments.lexers
from mdit_py_plugins.dollarmath import dollarmath_plugin

# The order of the parts in the navigation.
PARTS = ["README.md", "docs/README.md", "docs/lessons/README.md", "exercises/README.md", "examples/README.md", "benchmarks/README.md"]
# A folder of pages without a README.md gets one.
MADE_UP = {"docs/lessons/README.md": "# Lessons\n"}
FILES = "files"  # the parent of the pages of files
COMMANDS = {2: "section", 3: "subsection", 4: "subsubsection"}


def sources():
    """The Markdown that users read, as git knows it: path -> text."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True, check=True)
    paths = [path for path in listed.stdout.split() if pathlib.Path(path).exists()]
    found = {path: pathlib.Path(path).read_text() for path in paths}
    for path, text in MADE_UP.items():
        folder = path.rsplit("/", 1)[0]
        children = [other for other in found if parent_of(other) == path]
        if path not in found and children:
            found[path] = text + "".join(f"\n- [{title_of(found[c])}]({pathlib.Path(c).name})" for c in sorted(children))
    return found


def files_in(folder):
    """The text files of a folder that git knows, those of folders in it not included."""
    listed = subprocess.run(["git", "ls-files", folder], capture_output=True, text=True, check=True).stdout.split()
    return [path for path in listed if str(pathlib.PurePosixPath(path).parent) == folder]


def title_of(text):
    return plain(re.search(r"^# (.*)", text, re.M).group(1))


def plain(markdown):
    return re.sub(r"[`*]", "", markdown)


def parent_of(path):
    """The page under which this one stands in the navigation, or None."""
    folder = pathlib.PurePosixPath(path).parent
    if folder.name and path.endswith("/README.md"):
        folder = folder.parent
    folder = str(folder)
    return None if folder == "." or path in PARTS else f"{folder}/README.md"


def page_id(path):
    if path == "README.md":
        return "index"
    return re.sub(r"(/README)?\.md$", "", path).replace("/", "_").replace(".", "_")


def file_id(path):
    return "file_" + re.sub(r"[^A-Za-z0-9]", "_", path)


def slug(title, used):
    """GitHub's name of a section."""
    name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    count = used[name] = used.get(name, -1) + 1
    return name if count == 0 else f"{name}-{count}"


def reference_page(path, headers):
    """Doxygen's name of the page of a header: as much of its path as tells it from others of the same name."""
    same = [other.split("/") for other in headers if other.split("/")[-1] == path.split("/")[-1]]
    parts = path.split("/")
    common = 0
    while len(same) > 1 and all(other[common] == parts[common] for other in same):
        common += 1
    name = "/".join(parts[common:]) if len(same) > 1 else parts[-1]
    return name.replace("_", "__").replace("/", "_2").replace(".", "_8") + ".html"


def highlighted(code, lexer):
    return pygments.highlight(code, lexer, pygments.formatters.HtmlFormatter(cssclass="listing fragment"))


class Site:
    def __init__(self, folder):
        self.folder, self.texts, self.files, self.wrong = folder, sources(), {}, []
        self.sections = []  # of all pages: address, title, text; for search.py
        self.children, self.anchors = {}, {}
        for path in self.texts:
            self.children.setdefault(parent_of(path), []).append(path)
        excluded = re.search(r"^EXCLUDE  *=((.*\\\n)*.*)", pathlib.Path("scripts/docs/Doxyfile").read_text(), re.M).group(1)
        self.headers = [str(p) for p in pathlib.Path("include").rglob("*.hpp") if str(p) not in excluded]
        self.parser = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).use(dollarmath_plugin, allow_space=False)
        rules = self.parser.renderer.rules
        rules["fence"] = lambda tokens, i, options, env: self.fence(tokens[i])
        rules["code_block"] = lambda tokens, i, options, env: highlighted(tokens[i].content, pygments.lexers.TextLexer())
        rules["table_open"] = lambda *_: '<div class="wide"><table class="markdownTable">\n'
        rules["table_close"] = lambda *_: "</tbody></table></div>\n"
        for name in ("thead_open", "thead_close", "tbody_open", "tbody_close"):  # the style knows no heads apart
            rules[name] = lambda tokens, i, *_: "<tbody>\n" if tokens[i].type == "thead_open" else ""
        rules["math_inline"] = lambda tokens, i, options, env: rf"\({html.escape(tokens[i].content)}\)"
        rules["math_block"] = lambda tokens, i, options, env: f"<p>\\[{html.escape(tokens[i].content)}\\]</p>\n"
        self.tokens = {path: self.parser.parse(text) for path, text in self.texts.items()}
        for path, tokens in self.tokens.items():
            used = {}
            self.anchors[path] = [slug(tokens[i + 1].content, used) for i, t in enumerate(tokens) if t.type == "heading_open"]

    @staticmethod
    def fence(token):
        language = token.info.split()[0] if token.info else "text"
        if language == "math":
            return f"<p>\\[{html.escape(token.content)}\\]</p>\n"
        return highlighted(token.content, pygments.lexers.get_lexer_by_name(language))

    def target(self, path, link):
        """What a link in the page of that path leads to, on the site."""
        if re.match(r"[a-z]+:", link):
            return link
        name, _, anchor = link.partition("#")
        aim = pathlib.Path(path).parent / name if name else pathlib.Path(path)
        aim = str(aim.resolve().relative_to(pathlib.Path.cwd())) if name else path
        if (pathlib.Path(aim) / "README.md").exists() or f"{aim}/README.md" in self.texts:
            aim = "README.md" if aim == "." else f"{aim}/README.md"
        if aim in self.texts:
            if anchor and anchor not in self.anchors[aim]:
                self.wrong.append(f"{path}: there is no section {link}")
            return page_id(aim) + ".html" + (f"#{page_id(aim)}--{anchor}" if anchor else "")
        if aim in self.headers:
            return reference_page(aim, self.headers)
        if not pathlib.Path(aim).exists():
            self.wrong.append(f"{path}: {link} leads to nothing")
        elif pathlib.Path(aim).is_file() and (aim.endswith(".html") or b"\0" in pathlib.Path(aim).read_bytes()[:4096]):
            return self.copy(aim)
        else:
            self.files[aim] = file_id(aim) + ".html"
        return self.files.get(aim, "")

    def copy(self, path):
        """A picture, a page of its own, or another file that is no text, goes into the site as it is."""
        copy = self.folder.parent / "html" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        return path

    def lead(self, path, tokens):
        """Changes all links and pictures of these tokens to the site's."""
        for token in tokens:
            for name in ("href", "src"):
                if name in token.attrs:
                    token.attrs[name] = self.target(path, token.attrs[name])
            if token.type in ("html_block", "html_inline"):
                token.content = re.sub(r'\b(href|src)="([^"]*)"', lambda m: f'{m[1]}="{self.target(path, m[2])}"', token.content)
            self.lead(path, token.children or [])

    def write(self, path):
        tokens, page = self.tokens[path], page_id(path)
        self.lead(path, tokens)
        starts = [i for i, t in enumerate(tokens) if t.type == "heading_open" and t.level == 0]
        lines, level = [], 1
        for number, (start, end) in enumerate(zip(starts, starts[1:] + [len(tokens)])):
            title = escaped(plain(tokens[start + 1].content))
            level = min(int(tokens[start].tag[1]), level + 1)  # Doxygen wants a section around a subsection
            if number == 0:
                lines.append(rf"\mainpage {title}" if path == "README.md" else rf"\page {page} {title}")
                if len(starts) > 3:
                    lines.append(r"\tableofcontents{html:2}")
            else:
                lines.append(rf"\{COMMANDS[level]} {page}--{self.anchors[path][number]} {title}")
            piece = self.parser.renderer.render(tokens[start + 3 : end], self.parser.options, {})
            (self.folder / f"{page}.{number}.html").write_text(piece)
            address, name = (page + ".html", plain(tokens[start + 1].content))
            if number > 0:
                address, name = f"{address}#{page}--{self.anchors[path][number]}", f"{self.sections[-number][1]}: {name}"
            self.sections.append((address, name, html.unescape(re.sub(r"<[^>]*>", " ", piece))))
            lines.append(rf"\htmlinclude {page}.{number}.html")
        self.save(page, lines, [page_id(child) for child in self.ordered(path)], path)

    def ordered(self, path):
        """The pages below one, in the order in which its text names them."""
        folder, text = path.rpartition("/")[0] + "/", self.texts[path] + "\0"
        return sorted(self.children.get(path, []), key=lambda child: (text.find(f"({child.removeprefix(folder)})") % len(text), child))

    def save(self, page, lines, children=(), path=""):
        # Doxygen wants a visible link to each page below; there are better ones in the text.
        if children:
            lines = [*lines, r"\htmlonly <div hidden>\endhtmlonly", *(rf"\subpage {child}" for child in children), r"\htmlonly </div>\endhtmlonly"]
        order = PARTS.index(path) if path in PARTS else len(PARTS)
        (self.folder / f"{order}_{page}.dox").write_text("/**\n" + "\n\n".join(lines) + "\n*/\n")

    def write_files(self):
        for path in [path for path in self.files if pathlib.Path(path).is_dir()]:
            for file in files_in(path):
                self.target("", file)
        for path, page in sorted(self.files.items()):
            page = page.removesuffix(".html")
            if pathlib.Path(path).is_dir():
                piece = "".join(f'<li><a href="{self.target("", file)}">{file}</a></li>\n' for file in files_in(path))
                (self.folder / f"{page}.html").write_text(f"<ul>{piece}</ul>")
                self.save(page, [rf"\page {page} {escaped(path)}", rf"\htmlinclude {page}.html"])
                continue
            code = pathlib.Path(path).read_text()
            try:
                lexer = pygments.lexers.get_lexer_for_filename(path)
            except pygments.util.ClassNotFound:
                lexer = pygments.lexers.get_lexer_by_name("sh" if code.startswith("#!") else "text")
            (self.folder / f"{page}.html").write_text(highlighted(code, lexer))
            self.save(page, [rf"\page {page} {escaped(path)}", rf"\htmlinclude {page}.html"])
        text = r"\page files Files and folders" + "\n\nWhat a guide links to."
        below = [self.files[path].removesuffix(".html") for path in sorted(self.files)]
        orphans = [path for path in self.texts if parent_of(path) and parent_of(path) not in self.texts]
        self.save(FILES, [text], below + [page_id(path) for path in sorted(orphans)])


def escaped(title):
    return re.sub(r"([\\@<>#%&])", r"\\\1", title)


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    site = Site(folder)
    for path in site.texts:
        site.write(path)
    site.write_files()
    style = pygments.formatters.HtmlFormatter(style="friendly").get_style_defs("html:not(.dark-mode) .listing")
    dark = pygments.formatters.HtmlFormatter(style="github-dark").get_style_defs("html.dark-mode .listing")
    (folder / "sections.json").write_text(json.dumps(site.sections))
    (folder / "code.css").write_text(style + "\n" + dark + "\n")
    for line in site.wrong:
        print(line, file=sys.stderr)
    return 1 if site.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
