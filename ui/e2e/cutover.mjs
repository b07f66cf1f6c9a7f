import { at, scenario, site, until } from "./lib.mjs";
import { desired, observedShare } from "./service.mjs";

const confirm = async (page, name) => {
  await page.getByRole("button", { name }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("a test");
  await dialog.getByRole("button", { name }).click();
  await dialog.waitFor({ state: "detached" });
};

// Everything goes to v2 by one click, back by another, and the tags decide again by a third.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("service", site.service));
  await desired(page, "v2", "25%").waitFor();
  await confirm(page, "Cut over to v2");
  await desired(page, "v2", "100%").waitFor();
  await until("the traffic has moved", async () => (await observedShare(page, "v2")) > 60);
  await confirm(page, "Undo");
  await desired(page, "v2", "25%").waitFor();
  await confirm(page, "Cut over to v1");
  await desired(page, "v1", "100%").waitFor();
  await page.goto(at("instances"));
  await page.getByRole("row").filter({ hasText: "version=v2" }).getByText("no new clients").waitFor();
  await page.getByRole("row").filter({ hasText: "version=v1" }).getByText("✓ up").waitFor();
  await page.goto(at("service", site.service));
  await confirm(page, "Let the tags decide");
  await desired(page, "v2", "25%").waitFor();
  await page.getByText("The tags decide.").waitFor();
});
