import { at, cue, scenario, site } from "./lib.mjs";
import { command, phase } from "./commands.mjs";

// A new version comes while somebody looks. They promote it step by step, and
// take it back in the end.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("rollout", "service", site.service));
  await phase(page, "Healthy").waitFor();
  await cue("v2");
  await phase(page, "Paused").waitFor();
  await page.getByRole("listitem").filter({ hasText: "10%" }).first().waitFor();
  await page.getByRole("heading", { name: "Step 2 of 6" }).waitFor();
  await command(page, "Promote", "looks good");
  await page.getByRole("heading", { name: "Step 4 of 6" }).waitFor();
  await page.getByRole("definition").filter({ hasText: "50%" }).first().waitFor();
  await command(page, "Promote", "still good");
  await page.getByRole("cell", { name: "v1 → v2" }).waitFor();
  await page.getByRole("definition").filter({ hasText: "v2" }).first().waitFor();
  await command(page, "Undo", "customers complain");
  await page.getByRole("cell", { name: "v2 → v1" }).waitFor();
  await page.goto(at("audit"));
  for (const reason of ["looks good", "still good", "customers complain"]) {
    await page.getByRole("cell", { name: reason }).first().waitFor();
  }
});
