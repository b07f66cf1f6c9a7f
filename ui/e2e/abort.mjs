import { at, check, cue, scenario, site } from "./lib.mjs";
import { command, phase } from "./commands.mjs";

// A new version is paused, aborted with a reason, and begun again.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("overview"));
  await cue("v2");
  await page.getByRole("link", { name: `service/${site.service}` }).click();
  await phase(page, "Paused").waitFor();
  check(await page.getByRole("button", { name: "Retry" }).isDisabled(), "Retry is offered before an abort");
  await command(page, "Abort", "errors in the log");
  await phase(page, "Aborted").waitFor();
  await page.getByText("errors in the log").first().waitFor();
  await page.getByText("why some are not available", { exact: false }).click();
  await page.getByText("Abort: there is no rollout to abort").waitFor();
  await command(page, "Retry", "it was the network");
  await phase(page, "Paused").waitFor();
});
