import { check, scenario, site } from "./lib.mjs";

const loads = 5;

// All that comes until the overview is there, as it comes over the wire, and how
// long that takes at most. Each time it is the first: nothing is kept.
await scenario(async ({ person }) => {
  const all = [];
  for (let i = 0; i < loads; i++) {
    all.push(await load(await person()));
  }
  const [bytes, interactive] = [0, 1].map((i) => Math.max(...all.map((one) => one[i])));
  check(bytes > 0 && bytes <= site.most, `the first load is ${bytes} bytes, want at most ${site.most}`);
  console.log(JSON.stringify({ bytes, "ms-until-interactive": Math.round(interactive) }));
});

/** The bytes, and the milliseconds until the overview shows what it has read and is at rest. */
async function load(page) {
  const wire = await page.context().newCDPSession(page);
  let bytes = 0;
  wire.on("Network.loadingFinished", (one) => (bytes += one.encodedDataLength));
  await wire.send("Network.enable");
  await page.addInitScript(noteFigures);
  await page.goto(site.url);
  await page.getByText("Live", { exact: true }).waitFor();
  const ms = await page.evaluate(() => window.interactive);
  await page.context().close();
  return [bytes, ms];
}

/** Notes when the figures of the overview are there and nothing else is to be done. */
function noteFigures() {
  window.interactive = new Promise((done) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector("main .figures")) {
        observer.disconnect();
        requestIdleCallback(() => done(performance.now()));
      }
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}
