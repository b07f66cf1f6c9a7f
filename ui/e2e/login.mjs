import { at, check, scenario, site } from "./lib.mjs";
import { desired } from "./service.mjs";

const login = (page) => page.getByRole("button", { name: "Log in", exact: true });
const overview = (page) => page.getByRole("heading", { level: 1, name: "Overview" });
const review = (page) => page.getByLabel("Percentage of v2");

// Alice logs in by her password, Bob at the provider. Both are who they are after a
// reload, may do what they may, and are outside once they have logged out, in all
// their tabs.
await scenario(async ({ person, complaints }) => {
  const alice = await person();
  await alice.goto(at("service", "shop"));
  await alice.getByLabel("Name").fill("alice");
  await alice.getByLabel("Password or token").fill("wrong");
  await login(alice).click();
  await alice.getByRole("alert").waitFor();
  await alice.getByLabel("Password or token").fill(site.password);
  await alice.getByLabel("Password or token").press("Enter");
  await desired(alice, "v2", "25%").waitFor();
  check(await review(alice).isEditable(), "alice may not change a weight");
  await alice.reload();
  await desired(alice, "v2", "25%").waitFor();
  await alice.goto(at("policy"));
  check(await alice.getByRole("textbox", { name: "Policy" }).isEditable(), "alice may not write a policy");

  const bob = await person();
  await bob.goto(at("service", "blog"));
  await bob.getByRole("link", { name: "Log in with OIDC" }).click();
  await desired(bob, "v2", "25%").waitFor();
  check(new URL(bob.url()).hash === "#/service/blog", `bob has come to ${bob.url()}`);
  await bob.getByRole("button", { name: "bob@example.com" }).waitFor();
  check(!(await review(bob).isEditable()), "bob may change a weight of a service that is not his");
  await bob.goto(at("service", "shop"));
  await desired(bob, "v2", "25%").waitFor();
  check(await review(bob).isEditable(), "bob may not change a weight of his service");

  const second = await alice.context().newPage();
  await second.goto(at("overview"));
  await overview(second).waitFor();
  for (const [page, name] of [[alice, "alice"], [bob, "bob@example.com"]]) {
    await page.getByRole("button", { name }).click();
    await login(page).waitFor();
    const cookies = await page.context().cookies();
    check(cookies.every((one) => one.name !== "weir_session"), `${name} has still a session`);
    await page.goto(at("overview"));
    await page.reload();
    await login(page).waitFor();
    check((await overview(page).count()) === 0, `${name} sees the overview after the logout`);
  }
  await login(second).waitFor(); // weir ends its stream, and the page asks why
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !/status of 40[13]|favicon/.test(c)));
});
