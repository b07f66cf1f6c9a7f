import { t } from "../i18n";

const durations = ["15m", "1h", "4h", "24h"];

/** How long a weight holds; without an end where that may be. */
export function HoldsFor({ value, endless, onInput }: { value: string; endless?: boolean; onInput: (time: string) => void }) {
  return (
    <label class="field">
      <span>{t("holds_for")}</span>
      <select value={value} onChange={(e) => onInput(e.currentTarget.value)}>
        {endless && <option value="">{t("until_changed")}</option>}
        {durations.map((d) => (
          <option key={d} value={d}>
            {d}
          </option>
        ))}
      </select>
    </label>
  );
}
