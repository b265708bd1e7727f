// Colors the code blocks of the site at build time, so that the pages need no script for it.
// Usage: highlight.mjs GRAMMAR BOOK
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHighlighter } from "shiki";

const [grammar, book] = process.argv.slice(2);
const pipe = { ...JSON.parse(readFileSync(grammar, "utf8")), name: "pipe" };
const names = { sh: "shellscript", hcl: "hcl", vim: "viml", elisp: "lisp" };
const langs = [pipe, "shellscript", "python", "json", "jsonc", "toml", "yaml", "csv", "hcl", "sql", "lua", "viml", "lisp", "rust"];
const highlighter = await createHighlighter({ langs, themes: ["github-light-high-contrast", "github-dark-high-contrast"] });
const known = new Set(highlighter.getLoadedLanguages());
const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&#x2F;": "/", "&amp;": "&" };
const plain = (html) => html.replace(/&(?:lt|gt|quot|amp|#39|#x27|#x2F);/g, (entity) => entities[entity]);

function colored(classes, html) {
  const words = classes.split(/\s+/);
  const name = words.find((word) => word.startsWith("language-")).slice("language-".length);
  const lang = name === "text" || name === "console" ? "text" : (names[name] ?? name);
  assert.ok(lang === "text" || known.has(lang), `no grammar for ${name}`);
  const changed = new Set(words.find((word) => word.startsWith("changed-"))?.split("-").slice(1).map(Number));
  return highlighter.codeToHtml(plain(html).replace(/\n$/, ""), {
    lang,
    themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    defaultColor: false,
    transformers: [
      {
        pre(node) {
          node.properties.class = lang === "text" ? "shiki output" : "shiki";
          delete node.properties.style;
          delete node.properties.tabindex;
        },
        code(node) {
          // mdBook's own highlighter ignores such a block.
          node.properties.class = "nohighlight";
        },
        line(node, number) {
          if (changed.has(number)) node.properties.class = "line changed";
        },
      },
    ],
  });
}

let blocks = 0;
for (const name of readdirSync(book, { recursive: true })) {
  if (!name.endsWith(".html")) continue;
  const path = join(book, name);
  const page = readFileSync(path, "utf8");
  const out = page.replace(/<pre><code class="(language-[^"]*)">([^]*?)<\/code><\/pre>/g, (_, classes, html) => {
    blocks += 1;
    return colored(classes, html);
  });
  if (out !== page) writeFileSync(path, out);
}
console.log(`${blocks} blocks of code`);
