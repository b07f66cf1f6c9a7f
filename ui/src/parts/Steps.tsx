import type { Rollout } from "../api/types";
import { type Key, t } from "../i18n";
import { sentence } from "../i18n/codes";

type Step = NonNullable<Rollout["plan"]>[number];

/** The steps of a rollout as a ruler. */
export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol class="steps">
      {steps.map((s) => (
        <li key={s.number} class={s.state} aria-current={s.state === "current" ? "step" : undefined}>
          {sentence(s.does)}
          <div class="quiet">{t(`step_${s.state}` as Key)}</div>
        </li>
      ))}
    </ol>
  );
}
