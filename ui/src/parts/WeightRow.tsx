import { useSignal } from "@preact/signals";
import { count } from "../format/number";
import { parsePercent, percent } from "../format/share";
import { t } from "../i18n";
import { VariantName } from "./Shares";

interface Props {
  name: string;
  index: number;
  count: number;
  share: number;
  fixed: boolean;
  perMinute: number;
  onChange: (share: number) => void;
}

/** One variant: a slider, its figure, and what that means in requests. */
export function WeightRow({ name, index, count: of, share, fixed, perMinute, onChange }: Props) {
  const text = useSignal<string | undefined>(undefined);
  const bad = text.value !== undefined && !(parsePercent(text.value) <= 1);
  const typed = (value: string) => {
    text.value = value;
    const next = parsePercent(value);
    if (next <= 1) {
      onChange(next);
    }
  };
  return (
    <div class="weight">
      <span>
        <VariantName name={name} index={index} count={of} />
        {perMinute > 0 && <div class="quiet">{t("per_minute", { n: count(Math.round(share * perMinute)), variant: name })}</div>}
      </span>
      <input type="range" min="0" max="100" step="1" value={share * 100} disabled={fixed} aria-label={t("share_of", { variant: name })} aria-valuetext={percent(share)} onInput={(e) => onChange(Number(e.currentTarget.value) / 100)} />
      <input type="text" inputMode="decimal" size={7} value={text.value ?? percent(share)} readOnly={fixed} aria-label={t("percent_of", { variant: name })} aria-invalid={bad} onInput={(e) => typed(e.currentTarget.value)} onBlur={() => (text.value = undefined)} />
    </div>
  );
}
