"""Makes the book of these pages. Usage: book.py MDBOOK DIRECTORY

The pages are read here and in a repository as they are; for the book, links to files outside of this folder become copies of
those files, and the table of contents is made of the list below and of the index of errors.
"""

import html
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
CONTENTS = [
    ("Learn", ["tutorial.md", "language.md", "python.md"]),
    ("How to", ["howto/gpu.md", "howto/serverless.md", "howto/targets.md", "howto/secrets.md", "ci.md", "deploy.md", "migrate.md"]),
    ("Use", ["install.md", "editors.md", "graph.md", "advise.md"]),
    ("Look up", ["fields.md", "limits.md", "performance.md"]),
    ("Understand", ["security.md", "compare.md", "architecture.md"]),
]
BOOK = """[book]
title = "pipec"
language = "en"
src = "src"

[output.html]
default-theme = "light"
preferred-dark-theme = "navy"
no-section-label = true
[output.html.fold]
enable = true
level = 0

[output.html.search]
limit-results = 20
heading-split-level = 3
"""


def title(page):
    return re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.M).group(1).replace("`", "")


def summary():
    lines = ["# Summary", "", "[pipec](README.md)", ""]
    for part, pages in CONTENTS:
        lines += [f"# {part}", ""]
        lines += [f"- [{title(DOCS / page)}]({page})" for page in pages]
        if part == "Look up":
            lines.append("- [Every message](errors/README.md)")
            index = (DOCS / "errors" / "README.md").read_text(encoding="utf-8")
            for code, words in re.findall(r"^- \[([EW]\d{4})\]\([^)]*\): (.*)$", index, re.M):
                lines.append(f"  - [{code}: {words}](errors/{code}.md)")
        lines.append("")
    return "\n".join(lines)


def adopted(text, page, source, target):
    """A page whose links to files outside of the pages lead to copies of them; folders are only named."""

    def link(match):
        mark, words, address = match.groups()
        if re.match(r"[a-z]+:|#", address):
            return match.group(0)
        path, _, place = address.partition("#")
        whole = (page.parent / path).resolve()
        assert whole.exists(), f"{page}: {address} leads nowhere"
        if whole == ROOT / "README.md":
            whole = source / "README.md"
        elif whole.is_relative_to(DOCS):
            whole = source / whole.relative_to(DOCS)
        elif whole.is_dir():
            return words
        else:
            copy = source / "outside" / whole.relative_to(ROOT)
            # A name that begins with a dot is hidden, a browser shows text, and what ends in `.md` is a page of the book.
            copy = Path(str(copy).replace("/.", "/"))
            if copy.suffix not in (".svg", ".png"):
                copy = copy.with_name(copy.name.replace(".", "_") + ".txt")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(whole, copy)
            whole = copy
        if whole.name == "README.md":
            whole = whole.with_name("index.html")
        steps = Path(*[".."] * len(target.parent.relative_to(source).parts)) / whole.relative_to(source)
        return f"{mark}[{words}]({steps.as_posix()}{'#' + place if place else ''})"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    changed = [part if part.startswith("```") else re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", link, part) for part in parts]
    text = "".join(changed)
    # What a test reads behind the language of a block is nobody else's.
    return re.sub(r"^```(\w+) .*$", r"```\1", text, flags=re.M)


class Links(HTMLParser):
    """The addresses that a page of the book names, and the places that it has."""

    def __init__(self, page):
        super().__init__()
        self.to, self.ids = [], set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids.update(filter(None, [given.get("id"), given.get("name")]))
        self.to += filter(None, [given.get("href"), given.get("src")])


def check(book):
    """Every link of the book leads somewhere, and none leads out for what a reader needs."""
    pages = {page: Links(page) for page in book.rglob("*.html") if page.name not in ("404.html", "toc.html", "print.html")}
    wrong = []
    for page, links in pages.items():
        for address in links.to:
            if re.match(r"[a-z]+:", address):
                continue
            path, _, place = html.unescape(address).partition("#")
            other = (page.parent / unquote(path)).resolve() if path else page
            if not other.exists():
                wrong.append(f"{page.relative_to(book)}: {address}")
            elif place and other in pages and unquote(place) not in pages[other].ids:
                wrong.append(f"{page.relative_to(book)}: no place {address}")
    assert not wrong, "\n".join(wrong)
    return len(pages)


def main():
    mdbook, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(out, ignore_errors=True)
    source = out / "src"
    listed = {page for _, pages in CONTENTS for page in pages}
    there = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert there - listed == {p for p in there if p.startswith("errors/")}, f"not in the book: {sorted(there - listed)[:3]}"
    for page in sorted(there):
        target = source / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(adopted((DOCS / page).read_text(encoding="utf-8"), DOCS / page, source, target), encoding="utf-8")
    readme = source / "README.md"
    readme.write_text(adopted((ROOT / "README.md").read_text(encoding="utf-8"), ROOT / "README.md", source, readme), encoding="utf-8")
    shutil.copytree(DOCS / "pictures", source / "pictures", dirs_exist_ok=True)
    shutil.copy(DOCS / "manifest.schema.json", source)
    (source / "SUMMARY.md").write_text(summary(), encoding="utf-8")
    (out / "book.toml").write_text(BOOK, encoding="utf-8")
    subprocess.run([mdbook, "build", out], check=True)
    print(f"{check(out / 'book')} pages in {out / 'book'}")


main()
