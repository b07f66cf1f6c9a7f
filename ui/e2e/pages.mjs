import { readFileSync } from "node:fs";
import { at, check, scenario } from "./lib.mjs";

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** Every page, with its heading in English and in Chinese, and what it must show (in Chinese, where that is another). */
const pages = [
  [["overview"], "Overview", "概览", "service/web"],
  [["routes"], "Routes", "路由", "shop.test/"],
  [["explain", "shop.test"], "Where does a request go?", "请求会去哪里？", ""],
  [["rollouts"], "Rollouts", "发布", "service/web"],
  [["policies"], "Policies", "策略", "service/web"],
  [["policy", "web"], "web", "web", "service: web"],
  [["policy"], "New policy", "新建策略", ""],
  [["instances"], "Instances", "实例", "version=v1"],
  [["history"], "History", "历史", "service/web"],
  [["audit"], "Audit", "审计", "policy/web"],
  [["peers"], "Proxies", "代理", "consul"],
  [["problems"], "Problems", "问题", "is not between"],
  [["overrides"], "Overrides", "手动覆盖", ""],
  [["service", "shop"], "shop", "shop", "blue"],
  [["rollout", "service", "web"], "service/web", "service/web", "give the candidate 10%", "给候选版 10%"],
];

const looks = [
  { language: "en", colorScheme: "light", width: 360 },
  { language: "en", colorScheme: "dark", width: 2560 },
  { language: "zh", colorScheme: "light", width: 2560 },
  { language: "zh", colorScheme: "dark", width: 360 },
];

await scenario(async ({ person }) => {
  const wrong = [];
  for (const { language, colorScheme, width } of looks) {
    const page = await person({ colorScheme, locale: language === "zh" ? "zh-CN" : "en-GB", viewport: { width, height: 900 }, bypassCSP: true });
    for (const [place, english, chinese, content, contentInChinese = content] of pages) {
      const where = `${place.join("/")} ${language} ${colorScheme} ${width}`;
      await page.goto(at(...place));
      await page.getByRole("heading", { level: 1, name: language === "zh" ? chinese : english }).waitFor();
      await page.getByText(language === "zh" ? "读取中…" : "Reading …").first().waitFor({ state: "detached" });
      await page.locator("main").getByText(language === "zh" ? contentInChinese : content).first().waitFor();
      wrong.push(...(await findings(page)).map((f) => `${where}: ${f}`));
    }
    await page.context().close();
  }
  check(wrong.length === 0, wrong.join("\n"));
});

async function findings(page) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary?.replaceAll("\n", " ")}`));
  return inner > outer ? [`is ${inner} px wide`, ...found] : found;
}
