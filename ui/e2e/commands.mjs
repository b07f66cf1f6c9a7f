// What people do on the page of a rollout.

/** Runs a command of the rollout with a reason. */
export async function command(page, name, reason) {
  await page.getByRole("group", { name: "Commands" }).getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

/** The badge at the top of the page. */
export const phase = (page, name) => page.locator("main > .head .badge").filter({ hasText: name });
