// Tokenizes every example and every valid program of the tests: no line ends inside of a string, declarations start with
// keywords, and brackets balance.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const here = dirname(fileURLToPath(import.meta.url));
const top = join(here, "../../..");

/** The grammar, as VS Code loads it. */
export async function grammar() {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer;
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) =>
      scope === "source.pipe"
        ? textmate.parseRawGrammar(readFileSync(join(here, "../syntaxes/pipe.tmLanguage.json"), "utf8"), "a.json")
        : null,
  });
  return registry.loadGrammar("source.pipe");
}

/** The tokens of a text: line, text, scopes. */
export function tokens(loaded, text) {
  let stack = textmate.INITIAL;
  const out = [];
  text.split(/\r?\n/).forEach((line, number) => {
    const result = loaded.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const t of result.tokens) {
      out.push({ line: number + 1, start: t.startIndex, text: line.slice(t.startIndex, t.endIndex), scopes: t.scopes });
    }
  });
  return { list: out, depth: stack.depth };
}

function* programs(dir) {
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) {
      yield* programs(path);
    } else if (name.endsWith(".pipe")) {
      yield path;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const loaded = await grammar();
  let files = 0;
  let wrong = 0;
  for (const path of programs(join(top, "examples"))) {
    files += 1;
    const text = readFileSync(path, "utf8");
    const { list, depth } = tokens(loaded, text);
    const say = (line, why) => {
      wrong += 1;
      console.error(`${path}:${line}: ${why}`);
    };
    if (depth !== 1) {
      say("end", `the grammar is ${depth - 1} rules deep at the end of the file`);
    }
    for (const { line, text: word, scopes } of list) {
      const scope = scopes.at(-1);
      const trimmed = word.trim();
      const inside = scopes.some((s) => s.startsWith("string") || s.startsWith("comment"));
      // `target.name` is a fact.
      const isFact = trimmed === "target" && scope.startsWith("variable.other.object");
      const isKeyword = /^(step|pipeline|cluster|environment|target|for|if|when)$/.test(trimmed);
      if (!inside && isKeyword && !isFact && !/keyword|property/.test(scope)) {
        say(line, `\`${trimmed}\` is ${scope}`);
      }
      if (!inside && trimmed !== "" && scopes.length === 1) {
        say(line, `\`${trimmed}\` has no scope`);
      }
    }
  }
  if (files === 0 || wrong > 0) {
    console.error(`${wrong} mistakes in ${files} files`);
    process.exit(1);
  }
  console.log(`${files} programs tokenized`);
}
