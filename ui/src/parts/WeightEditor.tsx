import { useSignal } from "@preact/signals";
import type { WeightsState } from "../api/types";
import { percent, toApi } from "../format/share";
import { t } from "../i18n";
import { may, whyNoWrites } from "../state/me";
import { current } from "../state/variants";
import { ConfirmWeights } from "./ConfirmWeights";
import { WeightRow } from "./WeightRow";
import { rates } from "../state/traffic";

interface Props {
  service: string;
  variants: string[];
  weights: WeightsState;
  reload: () => Promise<void>;
}

/**
 * Sliders and figures for the shares. What one variant gains another loses. A
 * draft stays what it is, and what it began from, when others write meanwhile.
 */
export function WeightEditor({ service, variants, weights, reload }: Props) {
  const from = useSignal(weights);
  const draft = useSignal<Map<string, number> | undefined>(undefined);
  const asking = useSignal(false);
  const base = draft.value ? from.value : weights;
  const before = current(base);
  const shown = draft.value ?? new Map(variants.map((v) => [v, before.get(v) ?? 0]));
  const changed = variants.some((v) => toApi(shown.get(v) ?? 0) !== toApi(before.get(v) ?? 0));
  const set = (name: string, share: number) => {
    from.value = base;
    draft.value = withShare(shown, variants, name, share);
  };
  const leave = () => ((asking.value = false), (draft.value = undefined));
  const perMinute = [...rates(service).values()].reduce((a, b) => a + b, 0) * 60;
  const allowed = may("operator", service);
  if (variants.length < 2) {
    return <p class="quiet">{t("one_variant")}</p>;
  }
  return (
    <form class="weights" onSubmit={(e) => (e.preventDefault(), (asking.value = true))}>
      {variants.map((v, i) => (
        <WeightRow key={v} name={v} index={i} count={variants.length} share={shown.get(v) ?? 0} fixed={!allowed} perMinute={perMinute} onChange={(s) => set(v, s)} />
      ))}
      <div class="row">
        <button class="primary" type="submit" disabled={!changed || !allowed}>
          {t("review")}
        </button>
        <button type="button" disabled={!changed} onClick={() => (draft.value = undefined)}>
          {t("reset")}
        </button>
        {!allowed && <span class="quiet">{whyNoWrites()}</span>}
      </div>
      {asking.value && (
        <ConfirmWeights service={service} before={before} after={shown} index={base.index} onSettled={() => (leave(), void reload())} onClose={() => (asking.value = false)} />
      )}
    </form>
  );
}

/** Sets one share; the last variant gives or takes the difference (for the last one the first does), then the others. */
function withShare(shares: Map<string, number>, variants: string[], name: string, share: number): Map<string, number> {
  const next = new Map(shares);
  const balance = variants.at(-1) === name ? variants[0]! : variants.at(-1)!;
  next.set(name, Math.min(1, Math.max(0, share)));
  let left = 1 - next.get(name)!;
  for (const other of variants.filter((v) => v !== name && v !== balance)) {
    next.set(other, Math.min(next.get(other) ?? 0, left));
    left -= next.get(other)!;
  }
  next.set(balance, Math.max(0, left));
  return next;
}

export const describe = (shares: Map<string, number>): string => [...shares].map(([v, s]) => `${v} ${percent(s)}`).join(", ");
