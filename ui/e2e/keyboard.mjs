import { at, check, scenario, site, until } from "./lib.mjs";
import { phase } from "./commands.mjs";
import { desired } from "./service.mjs";

const most = 80; // presses of Tab until something is reached

// Weights and a rollout are changed by keys alone. What has the focus can be seen, a
// dialog keeps it, and gives it back.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("service", site.service));
  await desired(page, "v2", "25%").waitFor();
  await skips(page);
  await page.goto(at("service", "shop"));
  await desired(page, "v2", "25%").waitFor();
  await reach(page, "Share of v2");
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("ArrowRight");
  }
  await until("the figure follows", async () => (await page.getByLabel("Percentage of v2").inputValue()) === "30%");
  await reach(page, "Review and set");
  await page.keyboard.press("Enter");
  await keeps(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  check((await focused(page)).name.startsWith("Review and set"), "who closes a dialog is not where they were");
  await page.keyboard.press("Enter");
  await reach(page, "Reason");
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await desired(page, "v2", "30%").waitFor();
  await page.getByText("by keys").waitFor();

  await page.goto(at("rollout", "service", "web"));
  await phase(page, "Paused").waitFor();
  for (const [verb, then] of [["Promote", "Step 4 of 6"], ["Abort", "no rollout|Step"]]) {
    await reach(page, verb);
    await page.keyboard.press("Enter");
    await reach(page, "Reason");
    await page.keyboard.type(`${verb} by keys`);
    await reach(page, verb);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: new RegExp(then) }).waitFor();
  }
  await phase(page, "Aborted").waitFor();
});

/** The first key of all leads past the bar, and the next ones through it in its order. */
async function skips(page) {
  await page.keyboard.press("Tab");
  check((await focused(page)).name === "Skip to the content", "the first thing is not the way past the bar");
  const names = [];
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press("Tab");
    names.push((await seen(page)).name);
  }
  check(names.join() === "weir,Overview,Routes,Rollouts", `the order is ${names}`);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  check((await focused(page)).id === "main", "the way past the bar leads nowhere");
}

/** Presses Tab until something with this name has the focus; all on the way can be seen to have it. */
async function reach(page, name) {
  const way = [];
  for (let i = 0; i < most; i++) {
    const at = await seen(page);
    if (at.name.startsWith(name)) {
      return;
    }
    way.push(at.name);
    await page.keyboard.press("Tab");
  }
  check(false, `${name} is not reached by Tab: ${way.join(", ")}`);
}

/** Goes once around in a dialog. */
async function keeps(page) {
  for (let i = 0; i < 12; i++) {
    const at = await seen(page);
    check(at.inDialog || at.id === "body", `the focus has left the dialog for ${at.name}`);
    await page.keyboard.press("Tab");
  }
}

/** What has the focus, which must be marked and in the window. */
async function seen(page) {
  const at = await focused(page);
  check(at.id === "body" || at.id === "main" || (at.marked && at.inWindow), `nobody sees that ${at.name} has the focus`);
  return at;
}

function focused(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(e);
    return {
      id: e.id || e.localName,
      name: (e.getAttribute("aria-label") ?? (e.labels?.[0] ? e.labels[0].textContent : e.textContent)).trim(),
      marked: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
      inWindow: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
      inDialog: e.closest("dialog") !== null,
    };
  });
}
