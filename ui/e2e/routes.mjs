import { at, check, scenario, until } from "./lib.mjs";

const most = 300; // milliseconds that one frame may take while it scrolls

// Ten thousand routes are scrolled from top to bottom, and one is found.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("routes"));
  await page.getByText("10,000 rows").waitFor();
  const table = page.getByRole("region", { name: "Routes" });
  const worst = await table.evaluate(scroll, 60);
  check(worst < most, `a frame took ${worst} ms`);
  const rows = await table.getByRole("row").count();
  check(rows < 200, `${rows} rows are in the page at once`);
  await until("the last row is seen", () => table.getByText("host-9999.test/", { exact: true }).first().isVisible());
  await page.getByRole("searchbox").fill("host-4321.");
  await page.getByText("1 rows").waitFor();
  await table.getByText("host-4321.test/", { exact: true }).first().waitFor();
  await table.getByText(/curl .*host-4321\.test/).first().waitFor();
  await page.getByRole("searchbox").fill("no such host");
  await page.getByText("No route fits.").waitFor();
});

/** Scrolls to the end in so many frames; the longest of them in milliseconds. */
async function scroll(box, frames) {
  const frame = () => new Promise(requestAnimationFrame);
  let [last, worst] = [await frame(), 0];
  for (let i = 1; i <= frames; i++) {
    box.scrollTop = ((box.scrollHeight - box.clientHeight) * i) / frames;
    const now = await frame();
    [last, worst] = [now, Math.max(worst, now - last)];
  }
  return worst;
}
