"""Builds the documentation site. Usage: build.py MDBOOK DIRECTORY; the site is in DIRECTORY/book.

The pages are Markdown that is also readable in a repository. For the site, links to files outside of `docs` become links to
copies, the table of contents is made from CONTENTS and the index of codes, and `highlight.mjs` colors the code with the
grammar of the VS Code extension.
"""

import difflib
import html
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

SITE = Path(__file__).resolve().parent
DOCS = SITE.parent
ROOT = DOCS.parent
CONTENTS = [
    ("Start", ["install.md", "tutorial.md", "tour/README.md", "first-deployment.md"]),
    (
        "Write pipelines",
        [
            "howto/spark.md",
            "howto/sql.md",
            "howto/schedules.md",
            "howto/branches.md",
            "howto/values.md",
            "python.md",
            "howto/gpu.md",
            "howto/serverless.md",
            "howto/targets.md",
            "howto/secrets.md",
        ],
    ),
    ("Run and deploy", ["howto/local.md", "deploy.md", "ci.md", "migrate.md", "graph.md", "advise.md", "editors.md"]),
    (
        "Reference",
        ["language.md", "fields.md", "settings.md", "cli.md", "errors/README.md", "troubleshooting.md", "limits.md", "glossary.md"],
    ),
    ("Background", ["compare.md", "security.md", "performance.md", "architecture.md"]),
]
BOOK = """[book]
title = "pipec"
description = "A compiler for data and ML pipelines"
language = "en"
src = "src"

[output.html]
default-theme = "light"
preferred-dark-theme = "navy"
no-section-label = true
additional-css = ["style.css"]

[output.html.fold]
enable = true
level = 0

[output.html.print]
enable = false

[output.html.search]
limit-results = 20
heading-split-level = 3
"""


def title(page):
    return re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.M).group(1).replace("`", "")


def children(page):
    """Pages that are listed below a page: the chapters of the tour, and the page of each code."""
    if page == "tour/README.md":
        return sorted(p.relative_to(DOCS).as_posix() for p in (DOCS / "tour").glob("[0-9]*.md"))
    if page == "errors/README.md":
        return sorted(p.relative_to(DOCS).as_posix() for p in (DOCS / "errors").glob("[EW]*.md"))
    return []


def summary():
    lines = ["# Summary", "", "[pipec](README.md)", ""]
    for part, pages in CONTENTS:
        lines += [f"# {part}", ""]
        for page in pages:
            lines.append(f"- [{title(DOCS / page)}]({page})")
            lines += [f"  - [{title(DOCS / child)}]({child})" for child in children(page)]
        lines.append("")
    return "\n".join(lines)


def adapted(text, page, source, target):
    """A page for the site: links to other files lead to copies, and links to directories become plain text."""

    def link(match):
        mark, words, address = match.groups()
        if re.match(r"[a-z]+:|#", address):
            return match.group(0)
        path, _, anchor = address.partition("#")
        file = (page.parent / path).resolve()
        assert file.exists(), f"{page}: dead link {address}"
        if file == ROOT / "README.md":
            file = source / "README.md"
        elif file.is_relative_to(DOCS) and not file.is_relative_to(SITE):
            file = source / file.relative_to(DOCS)
        elif file.is_dir():
            return words
        else:
            # A leading dot hides a file, browsers display `.txt`, and mdBook would turn `.md` into a page.
            copy = Path(str(source / "outside" / file.relative_to(ROOT)).replace("/.", "/"))
            if copy.suffix not in (".svg", ".png"):
                copy = copy.with_name(copy.name.replace(".", "_") + ".txt")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
            file = copy
        if file.name == "README.md":
            file = file.with_name("index.html")
        up = Path(*[".."] * len(target.parent.relative_to(source).parts))
        return f"{mark}[{words}]({(up / file.relative_to(source)).as_posix()}{'#' + anchor if anchor else ''})"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    if page.parent.name == "errors":
        mark_changes(parts)
    parts = [part if part.startswith("```") else re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", link, part) for part in parts]
    # Words after the language are for the tests.
    return re.sub(r"^```(\w+) .*$", r"```\1", "".join(parts), flags=re.M)


def mark_changes(parts):
    """Marks the lines of the right program that differ from the wrong one, as `pipec explain` does."""
    programs = [i for i, part in enumerate(parts) if re.match(r"```(pipe|json)\b", part)]
    if len(programs) != 2:
        return
    wrong, right = (parts[i].splitlines()[1:-1] for i in programs)
    blocks = difflib.SequenceMatcher(None, wrong, right, autojunk=False).get_opcodes()
    changed = [str(line + 1) for kind, _, _, start, end in blocks if kind != "equal" for line in range(start, end)]
    if changed:
        first, rest = parts[programs[1]].split("\n", 1)
        parts[programs[1]] = f"{first},changed-{'-'.join(changed)}\n{rest}"


class Links(HTMLParser):
    """The link targets and anchors of a page."""

    def __init__(self, page):
        super().__init__()
        self.to, self.ids = [], set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids.update(filter(None, [values.get("id"), values.get("name")]))
        self.to += filter(None, [values.get("href"), values.get("src")])


def check_links(book):
    """Checks that every link has a target in the site, and returns the number of pages."""
    pages = {page: Links(page) for page in book.rglob("*.html") if page.name not in ("404.html", "toc.html")}
    dead = []
    for page, links in pages.items():
        for address in links.to:
            if re.match(r"[a-z]+:", address):
                continue
            path, _, anchor = html.unescape(address).partition("#")
            other = (page.parent / unquote(path)).resolve() if path else page
            if not other.exists() or (anchor and other in pages and unquote(anchor) not in pages[other].ids):
                dead.append(f"{page.relative_to(book)}: {address}")
    assert not dead, "dead links:\n" + "\n".join(dead)
    return len(pages)


def main():
    mdbook, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(out, ignore_errors=True)
    source = out / "src"
    listed = {child for _, pages in CONTENTS for page in pages for child in [page, *children(page)]}
    pages = {p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md") if not p.is_relative_to(SITE)}
    assert pages == listed, f"pages and CONTENTS differ: {sorted(pages ^ listed)[:5]}"
    for page in sorted(pages):
        target = source / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(adapted((DOCS / page).read_text(encoding="utf-8"), DOCS / page, source, target), encoding="utf-8")
    readme = source / "README.md"
    readme.write_text(adapted((ROOT / "README.md").read_text(encoding="utf-8"), ROOT / "README.md", source, readme), encoding="utf-8")
    shutil.copytree(DOCS / "pictures", source / "pictures", dirs_exist_ok=True)
    shutil.copy(DOCS / "manifest.schema.json", source)
    shutil.copy(SITE / "style.css", out)
    (source / "SUMMARY.md").write_text(summary(), encoding="utf-8")
    (out / "book.toml").write_text(BOOK, encoding="utf-8")
    subprocess.run([mdbook, "build", out], check=True)
    subprocess.run(["node", SITE / "highlight.mjs", ROOT / "editors/vscode/syntaxes/pipe.tmLanguage.json", out / "book"], check=True)
    print(f"{check_links(out / 'book')} pages in {out / 'book'}")


main()
