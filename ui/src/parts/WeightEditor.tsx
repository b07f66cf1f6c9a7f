import { useComputed, useSignal } from "@preact/signals";
import type { WeightsState } from "../api/types";
import { percent, toApi } from "../format/share";
import { t } from "../i18n";
import { may, me } from "../state/me";
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

/** Sliders and figures for the shares. The last variant gets what the others leave. */
export function WeightEditor({ service, variants, weights, reload }: Props) {
  const before = current(weights);
  const draft = useSignal(new Map(variants.map((v) => [v, before.get(v) ?? 0])));
  const asking = useSignal(false);
  const rest = variants.at(-1) ?? "";
  const changed = useComputed(() => variants.some((v) => toApi(draft.value.get(v) ?? 0) !== toApi(before.get(v) ?? 0)));
  const set = (name: string, share: number) => (draft.value = withShare(draft.value, variants, name, share));
  const perMinute = [...rates(service).values()].reduce((a, b) => a + b, 0) * 60;
  const allowed = may("operator", service);
  if (variants.length < 2) {
    return <p class="quiet">{t("one_variant")}</p>;
  }
  return (
    <form class="weights" onSubmit={(e) => (e.preventDefault(), (asking.value = true))}>
      {variants.map((v, i) => (
        <WeightRow key={v} name={v} index={i} count={variants.length} share={draft.value.get(v) ?? 0} fixed={v === rest || !allowed} perMinute={perMinute} onChange={(s) => set(v, s)} />
      ))}
      <div class="row">
        <button class="primary" type="submit" disabled={!changed.value || !allowed}>
          {t("review")}
        </button>
        <button type="button" disabled={!changed.value} onClick={() => (draft.value = new Map(before))}>
          {t("reset")}
        </button>
        {!allowed && <span class="quiet">{me.value?.why_no_writes || t("may_not_write")}</span>}
      </div>
      {asking.value && (
        <ConfirmWeights service={service} before={before} after={draft.value} index={weights.index} reload={reload} onClose={() => (asking.value = false)} />
      )}
    </form>
  );
}

/** Sets one share; the last variant gives or takes the difference, then the others. */
function withShare(shares: Map<string, number>, variants: string[], name: string, share: number): Map<string, number> {
  const next = new Map(shares);
  const rest = variants.at(-1)!;
  next.set(name, Math.min(1, Math.max(0, share)));
  let left = 1 - next.get(name)!;
  for (const other of variants.filter((v) => v !== name && v !== rest)) {
    next.set(other, Math.min(next.get(other) ?? 0, left));
    left -= next.get(other)!;
  }
  next.set(rest, Math.max(0, left));
  return next;
}

export const describe = (shares: Map<string, number>): string => [...shares].map(([v, s]) => `${v} ${percent(s)}`).join(", ");
