import { choose, language, t } from "../i18n";
import { pages } from "../pages";
import { link, place } from "../router";
import { connected, problems } from "../state/live";
import { logOut, me } from "../state/me";
import { nextTheme, theme } from "../state/theme";

export function Bar() {
  return (
    <header class="bar">
      <a class="brand" href={link("overview")}>
        weir
      </a>
      <nav aria-label={t("pages")}>
        <ul>
          {Object.entries(pages)
            .filter(([, p]) => !p.under)
            .map(([name, p]) => (
              <li key={name}>
                <a href={link(name)} aria-current={current(name)}>
                  {t(p.title)}
                  {name === "problems" && problems.value.total > 0 && <span class="warn"> ({problems.value.total})</span>}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <Tools />
    </header>
  );
}

/** Whether a page of the bar is shown, or one that is under it. */
function current(name: string): "page" | "true" | undefined {
  const { page } = place.value;
  return page === name ? "page" : pages[page]?.under === name ? "true" : undefined;
}

function Tools() {
  return (
    <div class="tools">
      <span class={connected.value ? "quiet" : "warn"} role="status">
        {connected.value ? t("live") : t("not_live")}
      </span>
      <button class="plain" type="button" onClick={nextTheme}>
        {t(`theme_${theme.value}`)}
      </button>
      <label>
        <span class="unseen">{t("language")}</span>
        <select value={language.value} onChange={(e) => choose(e.currentTarget.value as typeof language.value)}>
          <option value="en">English</option>
          <option value="zh-CN">简体中文</option>
        </select>
      </label>
      {me.value?.name && (
        <button class="plain" type="button" onClick={() => void logOut()} title={t("log_out")}>
          {me.value.name}
        </button>
      )}
    </div>
  );
}
