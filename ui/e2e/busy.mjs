import { at, scenario, site } from "./lib.mjs";

const settles = 5_000; // milliseconds until a page has opened
const looks = 20_000;

// What the tab's process takes of a core while a page stays open, and how many tables
// there were meanwhile. All is printed as one JSON object.
await scenario(async ({ person, browser }) => {
  const seen = {};
  const page = await person();
  const system = await browser.newBrowserCDPSession();
  for (const [place, shown] of [["routes", "host-"], ["overview", "svc-"]]) {
    await page.goto(at(place));
    await page.locator("main").getByText(shown).first().waitFor();
    await page.waitForTimeout(settles);
    const [before, first] = [await processorTime(system), await generation()];
    await page.waitForTimeout(looks);
    const [after, last] = [await processorTime(system), await generation()];
    const seconds = after.at - before.at;
    seen[`%core-${place}`] = share(after.renderers - before.renderers, seconds);
    seen[`%core-drawing-${place}`] = share(after.gpu - before.gpu, seconds);
    seen[`tables/s-${place}`] = Math.round(((last - first) / seconds) * 10) / 10;
  }
  console.log(JSON.stringify(seen));
});

/** What was used of a core, in percent. */
function share(used, seconds) {
  return Math.round((used / seconds) * 1000) / 10;
}

/** Seconds of all threads of the tabs' processes, and of the one that draws for them. */
async function processorTime(system) {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const of = (type) => processInfo.filter((p) => p.type === type).reduce((sum, p) => sum + p.cpuTime, 0);
  return { at: performance.now() / 1000, renderers: of("renderer"), gpu: of("GPU") };
}

/** The number of the table that weir uses. */
async function generation() {
  const status = await (await fetch(new URL("api/v1/status", site.url))).json();
  return status.table.generation;
}
