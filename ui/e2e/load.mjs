import { check, scenario, site } from "./lib.mjs";

// All that comes until the overview is there, as it comes over the wire.
await scenario(async ({ person }) => {
  const page = await person();
  const wire = await page.context().newCDPSession(page);
  let bytes = 0;
  wire.on("Network.loadingFinished", (one) => (bytes += one.encodedDataLength));
  await wire.send("Network.enable");
  await page.goto(site.url);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  check(bytes > 0 && bytes <= site.most, `the first load is ${bytes} bytes, want at most ${site.most}`);
  console.log(`${bytes} bytes`);
});
