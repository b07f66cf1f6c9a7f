import { at, scenario, site, until } from "./lib.mjs";
import { desired, setShare } from "./service.mjs";

const review = async (page, variant, percent) => {
  await setShare(page, variant, percent);
  await page.getByRole("button", { name: "Review and set" }).click();
  return page.getByRole("dialog");
};

// Bob reviews a change while Alice writes hers. He is shown hers: at first he
// keeps it, then he writes his over it.
await scenario(async ({ person, complaints }) => {
  const [alice, bob] = [await person(), await person()];
  await Promise.all([alice, bob].map((p) => p.goto(at("service", site.service))));
  const his = await review(bob, "v2", "50");
  const hers = await review(alice, "v2", "10");
  await hers.getByLabel("Reason").fill("errors in v2");
  await hers.getByRole("button", { name: "Set weights" }).click();
  await hers.waitFor({ state: "detached" });

  await his.getByRole("button", { name: "Set weights" }).click();
  const alert = his.getByRole("alert");
  await alert.getByText("v2 10%").waitFor();
  await alert.getByText("errors in v2").waitFor();
  await his.getByRole("button", { name: "Keep theirs" }).click();
  await his.waitFor({ state: "detached" });
  await desired(bob, "v2", "10%").waitFor();
  await until("hers is in his editor", async () => (await bob.getByLabel("Percentage of v2").inputValue()) === "10%");

  const again = await review(bob, "v2", "50");
  const second = await review(alice, "v2", "20");
  await second.getByRole("button", { name: "Set weights" }).click();
  await second.waitFor({ state: "detached" });
  await again.getByRole("button", { name: "Set weights" }).click();
  await again.getByRole("button", { name: "Write mine over it" }).click();
  await again.waitFor({ state: "detached" });
  await Promise.all([alice, bob].map((p) => desired(p, "v2", "50%").waitFor()));
  // The browser itself notes each refused write.
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !c.includes("409 (Conflict)")));
});
