import { at, check, scenario, site } from "./lib.mjs";
import { desired } from "./service.mjs";

// A viewer logs in with a token, sees everything, and can change nothing.
await scenario(async ({ person, complaints }) => {
  const page = await person();
  await page.goto(site.url);
  await page.getByLabel("Token").fill("wt_wrong");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Token").fill(site.token);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(at("service", site.service));
  await desired(page, "v2", "25%").waitFor();
  for (const name of ["Review and set", "Cut over to v1", "Cut over to v2", "Let the tags decide"]) {
    check(await page.getByRole("button", { name }).isDisabled(), `${name} is offered to a viewer`);
  }
  check(!(await page.getByLabel("Percentage of v2").isEditable()), "a viewer can type a weight");
  await page.goto(at("policy"));
  check(!(await page.getByRole("textbox", { name: "Policy" }).isEditable()), "a viewer can type a policy");
  await page.goto(at("policy", "kept"));
  await page.getByText("Nothing is wrong with it.").waitFor();
  const status = await page.evaluate(write, site.service);
  check(status === 403, `a write of a viewer is answered with ${status}`);
  await page.getByRole("button", { name: "kiosk" }).click();
  await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !/status of 40[13]/.test(c)));
});

/** Writes past the page, with all that the page would send. */
async function write(service) {
  const me = await (await fetch("api/v1/me")).json();
  const answer = await fetch(`api/v1/weights/service/${service}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", "X-Weir-Csrf": me.csrf },
    body: JSON.stringify({ shares: { v2: "100%" } }),
  });
  return answer.status;
}
