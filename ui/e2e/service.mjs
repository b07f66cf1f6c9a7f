// What people do on the page of a service.

/** Types a percentage for a variant. */
export async function setShare(page, variant, percent) {
  const field = page.getByLabel(`Percentage of ${variant}`);
  await field.fill(percent);
  await field.blur();
}

/** The observed share of a variant in percent; NaN where nothing was observed. */
export async function observedShare(page, variant) {
  const text = await page.getByRole("region", { name: "Routes" }).getByRole("row").nth(1).getByRole("cell").nth(3).innerText();
  return Number(new RegExp(`${variant} ([\\d.]+)%`).exec(text)?.[1] ?? Number.NaN);
}

/** What is asked for a variant by the table of routes, such as "25%". */
export const desired = (page, variant, share) => page.getByRole("region", { name: "Routes" }).getByText(new RegExp(`${variant} ${share}(?![\\d.])`)).first();
