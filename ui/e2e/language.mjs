import { at, check, scenario, site } from "./lib.mjs";

// Language and colours are chosen at the top, and kept.
await scenario(async ({ person }) => {
  const page = await person();
  await page.goto(at("overview"));
  await page.getByLabel("Language").selectOption("简体中文");
  await page.getByRole("heading", { name: "概览" }).waitFor();
  await page.getByRole("button", { name: "主题" }).click();
  await page.goto(site.url);
  await page.getByRole("heading", { name: "概览" }).waitFor();
  check((await page.locator("html").getAttribute("lang")) === "zh-CN", "a screen reader is not told that it is Chinese");
  check((await page.locator("html").getAttribute("data-theme")) === "light", "the theme was not kept");
  await page.getByLabel("语言").selectOption("English");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
});
