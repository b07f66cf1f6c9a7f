import { at, scenario, site, until } from "./lib.mjs";
import { observedShare, setShare } from "./service.mjs";

// Somebody looks at a service, changes a weight, and sees the traffic follow.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("service", site.service));
  await until("a quarter goes to v2", async () => Math.abs((await observedShare(page, "v2")) - 25) < 12);
  await setShare(page, "v2", "60");
  await page.getByText(/≈ [\d,]+ requests a minute to v2/).waitFor();
  await page.getByRole("button", { name: "Review and set" }).click();
  const dialog = page.getByRole("dialog", { name: `Change the weights of ${site.service}` });
  await dialog.getByText("v2: 25% → 60%").waitFor();
  await dialog.getByText("v1: 75% → 40%").waitFor();
  await dialog.getByLabel("Holds for").selectOption("1h");
  await dialog.getByLabel("Reason").fill("half the shop <b>first</b>");
  await dialog.getByRole("button", { name: "Set weights" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("half the shop <b>first</b>").waitFor();
  await page.getByText("expires").waitFor();
  await until("the editor shows what holds", async () => (await page.getByLabel("Percentage of v2").inputValue()) === "60%");
  await until("the observed share follows", async () => Math.abs((await observedShare(page, "v2")) - 60) < 8);
  await page.getByRole("img", { name: "Duration in ms, p99" }).waitFor();
  await page.goto(at("overview"));
  await page.getByRole("row").filter({ hasText: site.service }).getByText(/[\d.]+ · [\d.]+ · [\d.]+/).waitFor();
});
