// Opens the site as files on disk: pages fit a phone, code is colored, nothing is loaded from elsewhere, and search works.
// Usage: check_site.mjs CHROMIUM SITE SCREENSHOTS
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, site, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const url = (name) => pathToFileURL(resolve(join(site, name))).href;
const problems = [];
const watch = (page) => {
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`requests ${request.url()}`);
  });
};

const NAMES = [
  "index.html",
  "tutorial.html",
  "tour/08-conditions.html",
  "first-deployment.html",
  "howto/values.html",
  "fields.html",
  "cli.html",
  "errors/E0405.html",
  "migrate.html",
  "editors.html",
];
const VIEWS = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
};
for (const [view, options] of Object.entries(VIEWS)) {
  const context = await browser.newContext(options);
  for (const name of NAMES) {
    assert.ok(existsSync(join(site, name)), name);
    const page = await context.newPage();
    watch(page);
    await page.goto(url(name));
    assert.ok((await page.locator("main h1").first().textContent()).trim().length > 0, `${name} has a title`);
    for (const image of await page.locator("main img").all()) {
      assert.ok((await image.evaluate((i) => i.complete && i.naturalWidth)) > 0, `${name}: ${await image.getAttribute("src")}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!wide, `${name}, ${view}: the page scrolls sideways`);
    await page.screenshot({ path: join(screenshots, `${view}-${name.replace(/\W/g, "_")}.png`) });
    await page.close();
  }
  await context.close();
}

const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
watch(page);
// Keywords and strings have different colors, and the right program marks what it changes.
await page.goto(url("errors/E0405.html"));
const colors = await page.locator(".shiki .line").first().locator("span").evaluateAll((spans) => spans.map((s) => getComputedStyle(s).color));
assert.ok(new Set(colors).size > 1, `one color: ${colors}`);
assert.deepEqual(await page.locator(".shiki .changed").allTextContents(), ['  spark_version = "15.4.x-gpu-ml-scala2.12"']);
for (const [words, expected] of [["photon gpu", /E04\d\d/], ["min_retry_interval_millis", /Every field/], ["duckdb", /SQL and dbt/]]) {
  await page.goto(url("index.html"));
  await page.keyboard.press("s");
  await page.locator("#mdbook-searchbar").pressSequentially(words);
  const results = page.locator("#mdbook-searchresults li");
  await results.first().waitFor({ timeout: 20000 });
  const found = (await results.allTextContents()).join("\n");
  assert.match(found, expected, `searching for ${words}: ${found.slice(0, 300)}`);
}
assert.deepEqual(problems, []);
await browser.close();
console.log(`${NAMES.length * 3 + 4} checks of the site passed`);
