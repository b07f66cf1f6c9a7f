import { chromium } from "playwright-core";

/** How long anything may take on a busy machine, in milliseconds. */
export const within = Number(process.env.WITHIN ?? 60_000);

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const [url = "", told = "{}"] = process.argv.slice(2);

/** Where weir is, and what the test says about its world. */
export const site = { url, ...JSON.parse(told) };

/** The address of a page. */
export const at = (page, ...args) => `${site.url}#/${[page, ...args.map(encodeURIComponent)].join("/")}`;

/** Lets something happen outside of the browser. */
export async function cue(name) {
  const answer = await fetch(`${site.cues}/${encodeURIComponent(name)}`, { method: "POST" });
  check(answer.ok, `cue ${name}: ${answer.status}`);
}

export function check(holds, otherwise) {
  if (!holds) {
    throw new Error(otherwise);
  }
}

/** Waits until look returns something true, and returns that. */
export async function until(what, look) {
  const end = Date.now() + within;
  let last;
  for (;;) {
    try {
      last = await look();
    } catch (error) {
      last = error;
    }
    if (last && !(last instanceof Error)) {
      return last;
    }
    check(Date.now() < end, `not in time: ${what}, last ${last}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Runs one scenario in a browser. What a page complains about fails it. */
export async function scenario(play) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  const pages = [];
  const complaints = [];
  /** Opens a page for somebody of their own: with cookies and settings of their own. */
  const person = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
    context.setDefaultTimeout(within);
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(`error on the page: ${error.message}`));
    page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(`console: ${line.text()} ${line.location().url}`));
    pages.push(page);
    return page;
  };
  try {
    await play({ person, complaints, browser });
    check(complaints.length === 0, complaints.join("\n"));
  } catch (error) {
    console.error(error.stack, complaints.join("\n"));
    for (const page of pages) {
      console.error(`\n--- ${page.url()}\n${await page.locator("body").innerText({ timeout: 5000 }).catch(String)}`);
    }
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
