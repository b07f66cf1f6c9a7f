import { at, scenario, site } from "./lib.mjs";
import { command, phase } from "./commands.mjs";

const dialog = (page) => page.getByRole("dialog");
const commands = (page) => page.getByRole("group", { name: "Commands" });
const figure = (page, text) => page.getByRole("definition").filter({ hasText: text }).first();

/** Opens the dialog of a command, has its fields filled in, and gives it. */
async function give(page, name, fill) {
  await commands(page).getByRole("button", { name }).click();
  await fill(dialog(page));
  await dialog(page).getByRole("button", { name }).click();
  await dialog(page).waitFor({ state: "detached" });
}

// Somebody takes the weight of a rollout into their hands, gives it back, goes to a
// step, and names the version to go back to in the end.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("rollout", "service", site.service));
  await phase(page, "Paused").waitFor();
  await page.getByText("Release the weight", { exact: true }).first().waitFor();
  await give(page, "Set the weight …", async (form) => {
    await form.getByLabel("Weight").fill("101");
    await form.getByRole("button", { name: "Set the weight …", disabled: true }).waitFor();
    await form.getByLabel("Weight").fill("33");
    await form.getByLabel("Holds for").selectOption("4h");
    await form.getByLabel("Reason").fill("a third for the fair");
  });
  await phase(page, "Weight set by hand").waitFor();
  await figure(page, "33%").waitFor();
  await page.getByText("a third for the fair").first().waitFor();
  await give(page, "Release the weight", (form) => form.getByLabel("Reason").fill("the fair is over"));
  await phase(page, "Weight set by hand").waitFor({ state: "detached" });
  await figure(page, "10%").waitFor();
  await give(page, "Go to step …", (form) => form.getByLabel("Step").selectOption("3: give the candidate 50%"));
  await figure(page, "50%").waitFor();
  await command(page, "Promote to the end", "it is good");
  await page.getByRole("cell", { name: "v1 → v2" }).waitFor();
  await give(page, "Undo", (form) => form.getByLabel("Version").selectOption({ index: 1 }));
  await page.getByRole("cell", { name: "v2 → v1" }).waitFor();
});
