import { t } from "../i18n";

/** Why somebody does something: kept in the audit. */
export function Reason({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  return (
    <label class="field">
      <span>{t("reason")}</span>
      <input value={value} maxLength={500} placeholder={t("reason_hint")} onInput={(e) => onInput(e.currentTarget.value)} />
    </label>
  );
}
