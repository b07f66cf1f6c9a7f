import { t } from "../i18n";

/** How many of the instances are up, in words and figures. */
export function Health({ up, total }: { up: number; total: number }) {
  const tone = up === 0 ? "bad" : up < total ? "warn" : "good";
  const mark = up === 0 ? "✕" : up < total ? "!" : "✓";
  return (
    <span class={tone}>
      <span aria-hidden="true">{mark} </span>
      {t("up_of", { up, total })}
    </span>
  );
}
