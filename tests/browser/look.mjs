// Looks at pages in a real Chromium and says what is wrong with them, as JSON on standard output: an empty list if nothing is.
//
//   node look.mjs TOOLS check  ORDER.json     every page: accessibility, width, colours, what was loaded, what was complained about
//   node look.mjs TOOLS walk   ORDER.json     the first page by keyboard
//   node look.mjs TOOLS shoot  ORDER.json     screenshots
//
// TOOLS is where `npm ci` put the packages of package-lock.json. ORDER is {"chromium": PATH, "pages": [{"name", "url", …}]}.
import { createRequire } from "node:module";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [tools, task, orderFile] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { chromium } = require("playwright-core");
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const order = JSON.parse(await readFile(orderFile, "utf8"));

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = [360, 1440];
/** Nobody waits longer than this for anything, in milliseconds; whoever started us gets an error then, and not nothing. */
const PATIENCE = 300_000;
const SCHEMES = ["light", "dark"];
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-quic", "--force-color-profile=srgb",
];

const home = await mkdtemp(join(tmpdir(), "kcwatch-browser-"));
const overdue = setTimeout(() => { throw new Error(`not done within ${PATIENCE} ms`); }, PATIENCE);
let wrong = [];
try {
  wrong = await { check, walk, shoot }[task]();
} finally {
  clearTimeout(overdue);
  await rm(home, { recursive: true, force: true });
}
console.log(JSON.stringify(wrong, null, 1));

/** Opens a browser of its own for each way of looking, and closes it whatever happens. */
async function open(options, use) {
  const folder = await mkdtemp(join(home, "profile-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: order.chromium, args: FLAGS, chromiumSandbox: false, javaScriptEnabled: false, ...options,
  });
  try {
    return await use(await context.newPage());
  } finally {
    await context.close();
  }
}

async function check() {
  const wrong = [];
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      // axe needs its timers. The pages have no script, and their policy, which stays in force, allows none.
      await open({ viewport: { width, height: 800 }, colorScheme, javaScriptEnabled: true }, async (page) => {
        let at;
        const complain = (what) => wrong.push({ page: at, width, colorScheme, what });
        page.on("console", (message) => at && expected(message) || complain(`console: ${message.text()}`));
        page.on("pageerror", (error) => complain(`error: ${error.message}`));
        page.on("request", (request) => {
          const here = new URL(order.pages[0].url).hostname;
          const { protocol, hostname } = new URL(request.url());
          if (protocol !== "data:" && hostname !== here) complain(`asks elsewhere: ${request.url()}`);
        });
        await page.route("**/*", hold);
        for (const { name, url } of order.pages) {
          at = name;
          await page.goto(url);
          for (const what of [...await violations(page), ...await seen(page)]) complain(what);
        }
      });
    }
  }
  return wrong;
}

/** A page is not to go while it is looked at, however slow this machine is. */
async function hold(route) {
  const response = await route.fetch();
  const { refresh, ...headers } = response.headers();
  await route.fulfill({ response, headers });
}

/** A page of what does not exist says so to the console, too. */
function expected(message) {
  return message.text().includes("404 (Not Found)");
}

/** What axe says. It is run from outside, so that the policy of the page stays in force. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } }), RULES);
  const told = ({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`;
  return found.violations.map(told);
}

/** What axe does not look at: width, targets of fingers, and whether the stylesheet was taken. */
async function seen(page) {
  return page.evaluate(() => {
    const wrong = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) wrong.push(`wider than the screen: ${root.scrollWidth} of ${root.clientWidth}`);
    for (const element of document.querySelectorAll("a, button, summary, input:not([type=hidden])")) {
      const { width, height } = element.getBoundingClientRect();
      const isHidden = element.classList.contains("skip");
      if (!isHidden && (width < 24 || height < 24)) wrong.push(`${Math.round(width)}×${Math.round(height)} is too small: ${element.outerHTML.slice(0, 120)}`);
    }
    if (getComputedStyle(document.querySelector("header")).display !== "flex") wrong.push("without our stylesheet");
    if (document.querySelector("[style], style, script")) wrong.push("a style or a script within the page");
    return wrong;
  });
}

/** Through the page by keyboard alone, without scripts. */
async function walk() {
  const wrong = [];
  await open({ viewport: { width: 1440, height: 800 } }, async (page) => {
    const { url } = order.pages[0];
    await page.goto(url);
    const stops = [];
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body) return null;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        return {
          text: (element.textContent || element.id).trim().slice(0, 60), tag: element.tagName.toLowerCase(), top: box.top,
          isSeen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight,
        };
      });
      if (!stop) break;
      stops.push(stop);
    }
    for (const stop of stops) if (!stop.isSeen) wrong.push(`the focus is not seen at ${stop.tag} ${stop.text}`);
    const order_ = ["Skip to what is watched", "kcwatch", "Pause"];
    order_.forEach((text, at) => { if (stops[at]?.text !== text) wrong.push(`stop ${at} is ${stops[at]?.text}, not ${text}`); });
    for (const [what, is] of [
      ["a filter", (stop) => stop.text.startsWith("Urgent")], ["the search", (stop) => stop.tag === "input"],
      ["its button", (stop) => stop.tag === "button"], ["a target", (stop) => stop.text === "prod"],
      ["the ticket", (stop) => stop.tag === "summary"],
    ]) if (!stops.some(is)) wrong.push(`Tab does not reach ${what}`);

    // The ticket opens by keyboard.
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    if (!await page.locator("pre").first().isVisible()) wrong.push("Enter does not open the ticket");
    // Skip leads past the head; the next stop is within the targets.
    await page.goto(url);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    if (!await page.evaluate(() => document.querySelector("main").contains(document.activeElement))) wrong.push("the skip link skips nothing");
    // The form is sent by Enter, and its answer keeps what was sought.
    await page.locator("#q").focus();
    await page.keyboard.type("prod");
    await Promise.all([page.waitForURL(/q=prod/), page.keyboard.press("Enter")]);
    if (await page.locator("#q").inputValue() !== "prod") wrong.push("the search forgets what was sought");
    await Promise.all([page.waitForURL(/refresh=off/), page.locator(".pause").press("Enter")]);
    if (!page.url().includes("q=prod")) wrong.push("to pause forgets the filter");
  });
  return wrong;
}

/** A picture of each page, as much of it as fits the screen. */
async function shoot() {
  for (const { url, file, width, scheme, height } of order.pages) {
    await open({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1 }, async (page) => {
      await page.goto(url);
      await page.screenshot({ path: file });
    });
  }
  return [];
}
