import { at, scenario, site } from "./lib.mjs";

const seconds = 45; // of traffic in the charts

const look = { locale: "en-GB", colorScheme: "light" };

/** What people with one look each see: the name of the picture, and the page. */
const people = [
  [look, { overview: ["overview"], routes: ["routes"], service: ["service", "shop"], policy: ["policy", "web"], rollout: ["rollout", "service", "web"] }],
  [{ ...look, colorScheme: "dark" }, { "rollout-dark": ["rollout", "service", "web"] }],
  [{ ...look, locale: "zh-CN" }, { "overview-zh": ["overview"] }],
];

await scenario(async ({ person }) => {
  await Promise.all(people.map(async ([options, pictures]) => take(await person(options), pictures)));
});

async function take(page, pictures) {
  await page.goto(at("overview"));
  await page.evaluate(traffic, seconds);
  for (const [name, place] of Object.entries(pictures)) {
    await page.goto(at(...place));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByText(/Reading …|读取中…/).first().waitFor({ state: "detached" });
    await page.evaluate(traffic, 2);
    await page.screenshot({ path: `${site.folder}/ui-${name}.png` });
  }
}

/** Waits until the stream has told of the traffic of so many seconds. */
function traffic(seconds) {
  return new Promise((done) => {
    const source = new EventSource("api/v1/events?only=traffic");
    let seen = 0;
    source.addEventListener("traffic", () => ++seen === seconds && (source.close(), done()));
  });
}
