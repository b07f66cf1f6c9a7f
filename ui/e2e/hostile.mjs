import { at, check, scenario, site, until } from "./lib.mjs";

/** The pages that show them, and how many of them each shows at least. */
const pages = [
  [["instances"], site.corpus],
  [["routes"], site.keys],
  [["problems"], site.corpus],
  [["overview"], []],
  [["overrides"], site.corpus],
  [["audit"], site.corpus],
  [["policies"], []],
  [["policy", "hostile"], site.corpus],
  [["service", "shop"], site.corpus.slice(-1)],
  [["history"], []],
  [["peers"], []],
];

/** What no text may become. */
const elements = "script, img, svg, iframe, style, math, meta, base, form[action], a[href^='javascript']";

// Texts that would run a script, if a page took them for more than text, are shown as
// they are. A script that the Content-Security-Policy stops is a complaint, too.
await scenario(async ({ person, complaints }) => {
  const page = await person();
  const ran = [];
  page.on("dialog", (dialog) => (ran.push(dialog.message()), dialog.dismiss()));
  const clean = async (where) => {
    check(ran.length === 0, `a script ran on ${where}: ${ran}`);
    check((await page.title()) !== "owned", `a script has changed the title of ${where}`);
    check((await page.locator("main").locator(elements).count()) === 0, `${where} has elements of a text`);
  };
  for (const [place, texts] of pages) {
    await page.goto(at(...place));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await until(`${place} shows all texts as they are`, async () => {
      const shown = await page.evaluate(textOf);
      const missing = texts.filter((text) => !shown.includes(text));
      return missing.length === 0 || new Error(`without ${missing.join("\n")}`);
    });
    await clean(place);
  }
  for (const text of site.corpus) {
    await page.goto(at("explain", text));
    await page.getByLabel("Path").fill(`/${text}`);
    await page.getByLabel("Header fields").fill(`X-Test: ${text}\n${text.replaceAll(":", "")}`);
    await page.getByRole("button", { name: "Explain" }).click();
    await page.locator("[aria-live] .note").waitFor();
    await clean(`explain of ${text}`);
  }
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !c.includes("status of 400")));
});

/** All text of the page, as it is written: also that of fields, of titles, and in a row of words that are marked. */
function textOf() {
  const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
  const titles = [...document.querySelectorAll("[title]")].map((element) => element.title);
  return [document.body.textContent, ...fields, ...titles].join("\n");
}
