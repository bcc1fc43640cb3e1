"""Reads pages as a browser's parser would, and says what is wrong with them.

usage: check_pages.py [--most BYTES] PAGE...
"""
import html.parser
import sys

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__(convert_charrefs=True)
        self.name, self.wrong = name, []
        self.open, self.ids, self.links, self.labelled, self.inputs, self.headings = [], set(), [], set(), [], []
        self.counts, self.title = {}, ""

    def say(self, what):
        self.wrong.append(f"{self.name}:{self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if len(given) != len(attributes):
            self.say(f"<{tag}> has an attribute twice")
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if "id" in given:
            if given["id"] in self.ids:
                self.say(f"two elements have the id {given['id']}")
            self.ids.add(given["id"])
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.say(f"<{tag} {name}>: code in an attribute")
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = given.get(name)
            if value is None:
                continue
            if value.startswith("#"):
                self.links.append(value[1:])
            elif not (value.startswith("data:") or (tag == "a" and "//" not in value)):
                self.say(f"<{tag} {name}={value[:60]!r}> is outside of the page")
        if tag in ("iframe", "object", "embed", "form", "base"):
            self.say(f"<{tag}> has no place here")
        if tag == "img" and not given.get("alt"):
            self.say("an image without words for those who cannot see it")
        if tag == "svg" and not given.get("aria-label"):
            self.say("a drawing without words for those who cannot see it")
        if tag == "input":
            self.inputs.append((given.get("id"), "aria-label" in given or "label" in self.open))
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.say("a heading of a table without a scope")
        if tag not in VOID and tag not in ("path", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID and tag not in ("path", "rect"):
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.say(f"</{tag}> ends nothing; open are {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, text):
        if self.open and self.open[-1] == "title":
            self.title += text

    def check(self):
        if self.open:
            self.say(f"not ended: {self.open}")
        for link in self.links:
            if link not in self.ids:
                self.say(f"#{link} leads nowhere")
        for name, labelled in self.inputs:
            if not labelled and name not in self.labelled:
                self.say(f"the input {name} has no label")
        if self.counts.get("h1") != 1 or self.headings[:1] != [1]:
            self.say(f"expected one h1 at the top, received {self.headings[:3]}")
        for before, after in zip(self.headings, self.headings[1:]):
            if after > before + 1:
                self.say(f"a heading h{after} below an h{before}")
        if not self.title:
            self.say("no title")
        return self.wrong


def check(path, most):
    with open(path, "rb") as file:
        raw = file.read()
    page = Page(path)
    text = raw.decode("utf-8")  # raises for what is none
    page.feed(text)
    page.close()
    wrong = page.check()
    if not text.startswith("<!DOCTYPE html>\n") or not text.endswith("</html>\n"):
        wrong.append(f"{path}: does not begin or end as a page")
    if "default-src 'none'" not in text:
        wrong.append(f"{path}: may load something")
    if len(raw) > most:
        wrong.append(f"{path}: has {len(raw)} bytes, expected {most} at most")
    try:
        import html5lib  # says more, where it is installed

        parser = html5lib.HTMLParser()
        parser.parse(text)
        wrong += [f"{path}: html5lib: {code} at {where}" for where, code, _ in parser.errors]
    except ImportError:
        pass
    return wrong


def main():
    arguments, most = sys.argv[1:], 2_000_000
    if arguments[:1] == ["--most"]:
        most, arguments = int(arguments[1]), arguments[2:]
    wrong = [line for path in arguments for line in check(path, most)]
    print("\n".join(wrong) if wrong else f"{len(arguments)} pages are well made")
    sys.exit(1 if wrong or not arguments else 0)


if __name__ == "__main__":
    main()
