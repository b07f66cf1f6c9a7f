import { at, check, scenario, site } from "./lib.mjs";

const bad = "service: web\nsteps:\n- set_weight: 10%\n- pause: {duration: 5 minutes}\n";
const good = "# by the book\nservice: web\nsteps:\n- set_weight: 10%\n- pause: {duration: 5m}\n- set_weight: 100%\n- promote: {}\n";

const editor = (page) => page.getByRole("textbox", { name: "Policy" });
const plan = (page) => page.locator("section[aria-labelledby=plan]");

const save = async (page, text) => {
  await editor(page).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
};

// A policy is written, with what is wrong with it and what it comes to told
// meanwhile; two people change it; it is removed. One that is in a file stays.
await scenario(async ({ person, complaints }) => {
  const [alice, bob] = [await person(), await person()];
  await alice.goto(at("policies"));
  await alice.getByRole("cell", { name: site.file }).waitFor();
  await alice.getByRole("link", { name: "New policy" }).click();
  await alice.getByLabel("Name").fill("web");
  await editor(alice).fill(bad);
  await plan(alice).getByText(/line 4: .*"5 minutes": want a duration/).waitFor();
  await editor(alice).fill(good);
  await plan(alice).getByText("Nothing is wrong with it.").waitFor();
  await plan(alice).getByRole("cell", { name: "5m", exact: true }).first().waitFor();
  await alice.getByRole("button", { name: "Save" }).click();
  await alice.getByRole("heading", { level: 1, name: "web" }).waitFor();

  await bob.goto(at("policy", "web"));
  await editor(bob).waitFor();
  await save(alice, good.replace("10%", "20%"));
  await alice.getByRole("status").getByText("Done").waitFor();
  await save(bob, good.replace("10%", "30%"));
  await bob.getByRole("alert").getByText("Somebody has changed it meanwhile.").waitFor();
  await bob.getByRole("alert").getByText("set_weight: 20%").waitFor();
  await bob.getByRole("button", { name: "Keep theirs" }).click();
  await bob.getByRole("alert").waitFor({ state: "detached" });
  check((await editor(bob).inputValue()).includes("20%"), "hers is not in his editor");
  await save(alice, good);
  await save(bob, good.replace("10%", "40%"));
  await bob.getByRole("button", { name: "Write mine over it" }).click();
  await bob.getByRole("status").getByText("Done").waitFor();
  await alice.goto(at("policies"));
  await alice.getByRole("row", { name: "web service/web canary the store ✓ in force" }).waitFor();
  await alice.getByRole("link", { name: "service/web" }).click();
  await alice.getByRole("heading", { level: 1, name: "service/web" }).waitFor();

  await bob.getByRole("button", { name: "Delete" }).click();
  await bob.getByRole("dialog").getByText("New versions are not controlled any more.").waitFor();
  await bob.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await bob.getByRole("heading", { level: 1, name: "Policies" }).waitFor();
  await bob.getByRole("link", { name: "web", exact: true }).waitFor({ state: "detached" });

  await bob.getByRole("link", { name: "filed", exact: true }).click();
  await bob.getByText(`It is in ${site.file} of this proxy`).waitFor();
  check(!(await editor(bob).isEditable()), "a policy of a file can be edited");
  check((await bob.getByRole("button", { name: /Save|Delete/ }).count()) === 0, "a policy of a file can be changed");
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !/status of 4(00|09)/.test(c)));
});
