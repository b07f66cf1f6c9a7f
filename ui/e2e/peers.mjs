import { at, cue, scenario, site } from "./lib.mjs";

// Two proxies route alike. One that does not answer is said not to, and is as the other
// one again when it goes on.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("peers"));
  const row = (port) => page.getByRole("row").filter({ hasText: port });
  for (const port of site.ports) {
    await row(port).getByText("as the others").waitFor();
    await row(port).getByText("current").waitFor();
  }
  await row(site.ports[0]).getByText("this one").waitFor();
  await cue("stop");
  await row(site.ports[1]).getByText("no answer").waitFor();
  await cue("go on");
  await row(site.ports[1]).getByText("as the others").waitFor();
});
