// The pictures of the documentation, from the real tokenizer and the real server, drawn by a headless Chromium:
//   PIPEC=../../target/debug/pipec CHROMIUM=/usr/bin/chromium node scripts/pictures.mjs
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { grammar, tokens } from "../tests/grammar.mjs";

const require = createRequire(import.meta.url);
const lsp = require("vscode-languageserver-protocol/node");
const { page } = require("../src/graph.js");

const here = dirname(fileURLToPath(import.meta.url));
const top = join(here, "../../..");
const out = join(top, "docs/pictures");
const pipec = process.env.PIPEC ?? join(top, "target/debug/pipec");
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const temporary = mkdtempSync(join(tmpdir(), "pipec-pictures-"));

/** Colors of scopes in VS Code's light theme; the longest prefix wins. */
const COLOURS = [
  ["comment", "#008000"],
  ["string", "#a31515"],
  ["constant.character.escape", "#ee0000"],
  ["punctuation.section.interpolation", "#0000ff"],
  ["variable.other.dynamic", "#811f3f"],
  ["constant.numeric", "#098658"],
  ["constant.language", "#0000ff"],
  ["support.constant", "#0070c1"],
  ["keyword.operator", "#000000"],
  ["keyword.declaration", "#af00db"],
  ["keyword.control", "#af00db"],
  ["keyword.other", "#af00db"],
  ["storage.type", "#0000ff"],
  ["entity.name.function", "#795e26"],
  ["support.function", "#795e26"],
  ["entity.name.namespace", "#267f99"],
  ["support.type.primitive", "#267f99"],
  ["support.type.property-name", "#0451a5"],
  ["variable", "#001080"],
];

function colour(scopes) {
  for (const scope of [...scopes].reverse()) {
    const found = COLOURS.filter(([prefix]) => scope.startsWith(prefix)).sort((a, b) => b[0].length - a[0].length)[0];
    if (found) {
      return found[1];
    }
  }
  return "#000000";
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The text as lines of HTML; `mark` is a range to underline. */
function code(loaded, text, first, last, mark) {
  const { list } = tokens(loaded, text);
  const lines = [];
  for (let line = first; line <= last; line += 1) {
    let html = "";
    for (const t of list.filter((t) => t.line === line)) {
      const marked = mark && mark.line === line && t.start >= mark.start && t.start + t.text.length <= mark.end;
      html += `<span style="color:${colour(t.scopes)}"${marked ? ' class="wrong"' : ""}>${escaped(t.text)}</span>`;
    }
    lines.push(`<div class="line"><i>${line}</i>${html || " "}</div>`);
  }
  return `<div class="code">${lines.join("")}</div>`;
}

const STYLE = `
  * { box-sizing: border-box; }
  body { margin: 0; padding: 14px; background: #fff; font: 13px/20px "DejaVu Sans Mono", monospace; color: #000; }
  .line { white-space: pre; height: 20px; } .line i { display: inline-block; width: 34px; color: #237893; font-style: normal; user-select: none; }
  .wrong { text-decoration: underline wavy #e51400; text-underline-offset: 4px; text-decoration-skip-ink: none; }
  .box { position: absolute; background: #f8f8f8; border: 1px solid #c8c8c8; border-radius: 3px; box-shadow: 0 2px 8px #0003; padding: 8px 10px; font: 13px/19px "DejaVu Sans", sans-serif; white-space: pre-wrap; }
  .menu { padding: 4px 0; } .menu div { padding: 2px 14px; } .menu .title { color: #666; font-size: 11px; } .menu .on { background: #0060c0; color: #fff; }
  .code code, .box code { font-family: "DejaVu Sans Mono", monospace; }
  .beside { display: flex; gap: 14px; align-items: stretch; } .beside iframe { border: 0; border-left: 1px solid #ddd; }
`;

function shoot(name, body, width, height) {
  const html = join(temporary, `${name}.html`);
  writeFileSync(html, `<!DOCTYPE html><meta charset="utf-8"><style>${STYLE}</style><body>${body}</body>`);
  execFileSync(chromium, [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-device-scale-factor=2", `--user-data-dir=${join(temporary, "profile")}`,
    `--window-size=${width},${height}`, `--screenshot=${join(out, `${name}.png`)}`, pathToFileURL(html).toString(),
  ], { stdio: ["ignore", "ignore", "ignore"] });
  console.log(`docs/pictures/${name}.png`);
}

/** A server with one open text, and its diagnostics. */
async function session(uri, text, ask) {
  const server = spawn(pipec, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = lsp.createProtocolConnection(
    new lsp.StreamMessageReader(server.stdout),
    new lsp.StreamMessageWriter(server.stdin),
  );
  const told = new Map();
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, (p) => told.set(p.uri, p.diagnostics));
  connection.listen();
  await connection.sendRequest(lsp.InitializeRequest.type, { processId: null, rootUri: null, capabilities: {}, workspaceFolders: null });
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "pipe", version: 1, text },
  });
  await connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument: { uri } });
  const result = await ask(connection, told.get(uri) ?? []);
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
  connection.dispose();
  return result;
}

mkdirSync(out, { recursive: true });
const loaded = await grammar();
const path = join(top, "examples/churn/pipeline.pipe");
const uri = pathToFileURL(path).toString();
const text = readFileSync(path, "utf8");
const lines = text.split("\n");

// 1. Highlighting.
const begin = lines.findIndex((l) => l.startsWith("##")) + 1;
shoot("highlighting", code(loaded, text, begin, begin + 33), 900, 34 * 20 + 30);

// 2. A diagnostic and its quick fix, from the server.
const wrong = text.replace("timeout_seconds", "timeout_secnds");
await session(uri, wrong, async (connection, diagnostics) => {
  const d = diagnostics.find((d) => d.code === "E0102");
  const actions = await connection.sendRequest(lsp.CodeActionRequest.type, {
    textDocument: { uri }, range: d.range, context: { diagnostics: [d] },
  });
  const line = d.range.start.line + 1;
  const first = line - 5;
  const mark = { line, start: d.range.start.character, end: d.range.end.character };
  const below = 14 + (line - first + 1) * 20 + 6;
  const message = escaped(`${d.message}  `).replace(/`([^`]*)`/g, "<code>$1</code>");
  const menu = actions
    .filter((a) => a.kind === "quickfix")
    .map((a, i) => `<div class="${i === 0 ? "on" : ""}">${escaped(a.title)}</div>`);
  shoot(
    "diagnostic",
    `${code(loaded, wrong, first, line + 8, mark)}
     <div class="box" style="left:90px;top:${below}px">${message}<span style="color:#666">pipec(${d.code})</span></div>
     <div class="box menu" style="left:90px;top:${below + 62}px"><div class="title">Quick Fix</div>${menu.join("")}</div>`,
    900,
    14 * 20 + 40,
  );
});

// 3. The graph next to the source, as the extension shows it.
await session(uri, text, async (connection) => {
  const line = lines.findIndex((l) => l.includes("step train"));
  const graph = await connection.sendRequest("pipec/graph", { textDocument: { uri }, position: { line, character: 8 } });
  const theme = `<style>:root{--vscode-editor-background:#fff;--vscode-editor-foreground:#000;--vscode-descriptionForeground:#717171;
    --vscode-editorIndentGuide-activeBackground1:#939393;--vscode-sideBar-background:#f3f3f3;--vscode-charts-blue:#1a85ff;
    --vscode-charts-green:#388a34;--vscode-charts-red:#e51400;--vscode-focusBorder:#0090f1}</style>`;
  const shown = page(graph.svg, "'self'", "n", ["train"])
    .replace(/<meta http-equiv[^>]*>/, theme)
    .replace("acquireVsCodeApi()", "({ postMessage() {} })");
  writeFileSync(join(temporary, "graph.html"), shown);
  const from = line - 12;
  const size = graph.svg.match(/width="(\d+)" height="(\d+)"/).slice(1).map(Number);
  const height = Math.max(size[1] + 50, 28 * 20);
  shoot(
    "dag",
    `<div class="beside">${code(loaded, text, from, from + Math.floor(height / 20) - 2)}<iframe src="graph.html" width="${size[0] + 40}" height="${height}"></iframe></div>`,
    760 + size[0] + 60,
    height + 30,
  );
});
rmSync(temporary, { recursive: true });
