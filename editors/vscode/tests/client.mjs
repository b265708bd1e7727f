// Tests the server with the protocol library of the extension: `PIPEC=path/to/pipec node tests/client.mjs`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const lsp = require("vscode-languageserver-protocol/node");
const { page } = require("../src/graph.js");

const here = dirname(fileURLToPath(import.meta.url));
const top = join(here, "../../..");
const pipec = process.env.PIPEC ?? join(top, "target/debug/pipec");
const folder = mkdtempSync(join(tmpdir(), "pipec-client-"));
cpSync(join(top, "examples/churn"), folder, { recursive: true });

const server = spawn(pipec, ["lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const connection = lsp.createProtocolConnection(
  new lsp.StreamMessageReader(server.stdout),
  new lsp.StreamMessageWriter(server.stdin),
);
const told = new Map();
const waiting = [];
connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
  told.set(params.uri, params);
  waiting.splice(0).forEach((f) => f());
});
connection.onRequest(lsp.RegistrationRequest.type, () => undefined);
connection.listen();

const uri = pathToFileURL(join(folder, "pipeline.pipe")).toString();
const text = readFileSync(join(folder, "pipeline.pipe"), "utf8");
const textDocument = { uri };

/** The position after the first occurrence of a text. */
function behind(part, inside = text) {
  const at = inside.indexOf(part) + part.length;
  const lines = inside.slice(0, at).split("\n");
  return { line: lines.length - 1, character: lines.at(-1).length };
}

const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
  processId: process.pid,
  rootUri: null,
  workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: "churn" }],
  capabilities: {
    textDocument: { completion: { completionItem: { snippetSupport: true } } },
    workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
  },
  initializationOptions: { clientCommands: true },
});
assert.equal(capabilities.positionEncoding, "utf-16");
assert.equal(capabilities.executeCommandProvider, undefined, "the extension runs the commands itself");
await connection.sendNotification(lsp.InitializedNotification.type, {});
await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
  textDocument: { uri, languageId: "pipe", version: 1, text },
});

const symbols = await connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument });
assert.ok(symbols.some((s) => s.name === "churn_training"));

const hover = await connection.sendRequest(lsp.HoverRequest.type, { textDocument, position: behind("churn.train:f") });
assert.match(hover.contents.value, /def fit\(/);

const definition = await connection.sendRequest(lsp.DefinitionRequest.type, {
  textDocument,
  position: behind("churn.train:f"),
});
assert.match(definition.uri, /train\.py$/);

const tokens = await connection.sendRequest(lsp.SemanticTokensRequest.type, { textDocument });
assert.ok(tokens.data.length > 100 && tokens.data.length % 5 === 0);

const graph = await connection.sendRequest("pipec/graph", { textDocument, position: behind("step train") });
assert.ok(graph.nodes.some((n) => n.key === "train"));
const html = page(graph.svg, "vscode-webview:", "nonce", ["train</script>"]);
assert.match(html, /data-key="train"/);
assert.ok(!html.includes("train</script>"), "what a program says cannot end the script");

// A misspelled field, its diagnostic, its fix.
const end = behind("timeout_second", text);
await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
  textDocument: { uri, version: 2 },
  contentChanges: [{ range: { start: end, end }, text: "x" }],
});
while (!told.get(uri)?.diagnostics.some((d) => d.code === "E0102")) {
  await new Promise((resolve) => waiting.push(resolve));
}
const [diagnostic] = told.get(uri).diagnostics.filter((d) => d.code === "E0102");
assert.equal(told.get(uri).version, 2);
const actions = await connection.sendRequest(lsp.CodeActionRequest.type, {
  textDocument,
  range: diagnostic.range,
  context: { diagnostics: [diagnostic] },
});
assert.ok(actions.some((a) => a.kind === "quickfix" && a.edit.changes[uri][0].newText === "timeout_seconds"));

const completion = await connection.sendRequest(lsp.CompletionRequest.type, { textDocument, position: end });
assert.ok(completion.some((c) => c.label === "timeout_seconds"));

const lenses = await connection.sendRequest(lsp.CodeLensRequest.type, { textDocument });
const manifest = JSON.parse(readFileSync(join(here, "../package.json"), "utf8"));
const commands = manifest.contributes.commands.map((c) => c.command);
assert.ok(lenses.length > 0 && lenses.every((l) => commands.includes(l.command.command)));

await connection.sendRequest(lsp.ShutdownRequest.type);
await connection.sendNotification(lsp.ExitNotification.type);
const code = await new Promise((resolve) => server.on("exit", resolve));
assert.equal(code, 0);
connection.dispose();
rmSync(folder, { recursive: true });
console.log("the client library and the server understand each other");
