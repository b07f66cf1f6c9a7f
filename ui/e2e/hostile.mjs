import { at, check, scenario, site } from "./lib.mjs";

// What comes from tags is text on every page that shows it.
await scenario(async ({ person }) => {
  const page = await person();
  page.on("dialog", (dialog) => check(false, `a script ran: ${dialog.message()}`));
  for (const place of ["instances", "routes", "problems", "overview"]) {
    await page.goto(at(place));
    await page.getByRole("heading", { level: 1 }).waitFor();
    if (place === "instances") {
      await page.getByText(site.hostile).first().waitFor();
    }
    check((await page.locator("main script, main img").count()) === 0, `${place} has elements of a tag`);
    check(!(await page.title()).includes("owned"), `a script ran on ${place}`);
  }
});
