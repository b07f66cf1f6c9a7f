import { at, check, scenario, site } from "./lib.mjs";

// Language and colours are chosen at the top, and kept. What weir refuses is said in the language, too.
await scenario(async ({ person, complaints }) => {
  const page = await person();
  await page.goto(at("overview"));
  await page.getByLabel("Language").selectOption("简体中文");
  await page.getByRole("heading", { name: "概览" }).waitFor();
  await page.getByRole("button", { name: "主题" }).click();
  await page.goto(site.url);
  await page.getByRole("heading", { name: "概览" }).waitFor();
  check((await page.locator("html").getAttribute("lang")) === "zh-CN", "a screen reader is not told that it is Chinese");
  check((await page.locator("html").getAttribute("data-theme")) === "light", "the theme was not kept");
  await page.goto(at("explain", "shop.test"));
  await page.getByLabel("客户端地址").fill("nobody");
  await page.getByRole("button", { name: "解释" }).click();
  await page.getByText("“client”的值“nobody”无效。").waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((c) => !c.includes("status of 400")));
  await page.goto(at("overview"));
  await page.getByLabel("语言").selectOption("English");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
});
