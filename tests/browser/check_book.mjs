// Opens the book as files on the disk: no message on the console, nothing loaded from elsewhere, and search finds things.
// Usage: check_book.mjs CHROMIUM BOOK SCREENSHOTS
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, book, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const said = [];
page.on("pageerror", (error) => said.push(error.message));
page.on("request", (request) => {
  if (!/^(file|data|blob):/.test(request.url())) said.push(`asks for ${request.url()}`);
});
const open = (name) => page.goto(pathToFileURL(resolve(join(book, name))).href);
for (const name of ["index.html", "tutorial.html", "fields.html", "howto/gpu.html", "errors/E0405.html", "graph.html", "compare.html"]) {
  assert.ok(existsSync(join(book, name)), name);
  await open(name);
  assert.ok((await page.locator("main h1").first().textContent()).trim().length > 0, `${name} has a title`);
  for (const image of await page.locator("main img").all()) {
    assert.ok((await image.evaluate((i) => i.complete && i.naturalWidth)) > 0, `${name}: ${await image.getAttribute("src")}`);
  }
  await page.screenshot({ path: join(screenshots, `${name.replace(/\W/g, "_")}.png`) });
}
for (const [words, wanted] of [["photon gpu", /E04\d\d/], ["min_retry_interval_millis", /Every field/], ["duckdb", /Python side/]]) {
  await open("index.html");
  await page.keyboard.press("s");
  await page.locator("#mdbook-searchbar").pressSequentially(words);
  const results = page.locator("#mdbook-searchresults li");
  await results.first().waitFor({ timeout: 20000 });
  const found = (await results.allTextContents()).join("\n");
  assert.match(found, wanted, `searching for ${words}: ${found.slice(0, 300)}`);
}
assert.deepEqual(said, []);
await browser.close();
console.log("10 passed, 0 failed: pages and searches of the book");
