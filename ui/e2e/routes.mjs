import { at, check, scenario, until } from "./lib.mjs";

const most = 1000; // milliseconds that one frame may take while it scrolls, on a machine with much else to do

// Ten thousand routes are scrolled from top to bottom, and one is found.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("routes"));
  await page.getByText("10,000 rows").waitFor();
  const table = page.getByRole("region", { name: "Routes" });
  const worst = await table.evaluate(scroll, 60);
  console.log(`the longest frame took ${worst.toFixed(0)} ms`);
  check(worst < most, `a frame took ${worst} ms`);
  const rows = await table.getByRole("row").count();
  check(rows < 200, `${rows} rows are in the page at once`);
  await until("the last row is seen", () => table.evaluate(lastSeen));
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

/** Reports whether the last row of all is in what the box shows. */
function lastSeen(box) {
  const row = box.querySelector('tr[aria-rowindex="10001"]')?.getBoundingClientRect();
  return row !== undefined && row.top >= box.getBoundingClientRect().top && row.bottom <= box.getBoundingClientRect().bottom + 1;
}
