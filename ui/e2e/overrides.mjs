import { at, scenario, until } from "./lib.mjs";

// A text with a line that could never have an effect is refused, a good one
// counts at once, and who was slower than somebody else is told so.
await scenario(async ({ person, complaints }) => {
  const [alice, bob] = [await person(), await person()];
  for (const page of [alice, bob]) {
    await page.goto(at("overrides"));
    await page.getByRole("textbox", { name: "Overrides" }).waitFor();
  }
  const save = async (page, text) => {
    await page.getByRole("textbox", { name: "Overrides" }).fill(text);
    await page.getByRole("button", { name: "Save" }).click();
  };
  const saved = (page) => until("it is saved", () => page.getByRole("button", { name: "Save" }).isDisabled());
  await save(alice, "# by hand\nroute add news news.test/");
  await alice.getByRole("alert").getByText("2").waitFor();
  await alice.getByLabel("Reason").fill("for the press");
  await save(alice, "# by hand\nroute add news news.test/ http://127.0.0.1:1/");
  await saved(alice);
  await save(bob, "route add other other.test/ http://127.0.0.1:1/");
  await bob.getByRole("alert").getByText("Somebody has changed it meanwhile.").waitFor();
  await bob.getByRole("alert").getByText("route add news").waitFor();
  await bob.getByRole("button", { name: "Keep theirs" }).click();
  await bob.getByRole("alert").waitFor({ state: "detached" });
  await until("hers is in his editor", async () => (await bob.getByRole("textbox", { name: "Overrides" }).inputValue()).startsWith("# by hand"));
  await bob.goto(at("routes"));
  await bob.getByText("news.test/", { exact: true }).first().waitFor();
  await bob.goto(at("audit"));
  const row = bob.getByRole("row").filter({ hasText: "put-override" });
  await row.getByText("route add news news.test/").waitFor();
  await row.getByText("for the press").waitFor();
  await save(alice, "");
  await saved(alice);
  await bob.goto(at("overrides"));
  await save(bob, "route add other other.test/ http://127.0.0.1:1/");
  await saved(bob);
  await save(alice, "route add third third.test/ http://127.0.0.1:1/");
  await alice.getByRole("button", { name: "Write mine over it" }).click();
  await bob.goto(at("routes"));
  await bob.getByText("third.test/", { exact: true }).first().waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !/status of 4(00|09|12|22)/.test(c)));
});
