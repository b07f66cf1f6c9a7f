import type { RolloutSummary } from "../api/types";
import { t } from "../i18n";
import { sentence } from "../i18n/codes";
import { Phase } from "../parts/Phase";
import { rolloutLink } from "../parts/RolloutCard";
import { Sheet } from "../parts/Sheet";
import { rollouts } from "../state/live";

export function Rollouts() {
  return (
    <>
      <h1>{t("rollouts")}</h1>
      <Sheet<RolloutSummary>
        label={t("rollouts")}
        empty={t("no_policies")}
        rows={[...rollouts.value.values()]}
        keyOf={(r) => r.scope}
        columns={[
          { title: t("scope"), cell: (r) => <a href={rolloutLink(r.scope)}>{r.scope}</a> },
          { title: t("phase"), cell: (r) => <Phase phase={r.phase} /> },
          { title: t("stable"), cell: (r) => r.stable?.key ?? "–" },
          { title: t("candidate"), cell: (r) => r.candidate?.key ?? "–" },
          { title: t("step"), cell: (r) => (r.steps ? t("step_of", { step: r.step ?? 0, steps: r.steps }) : "–") },
          { title: t("weight"), number: true, cell: (r) => r.weight },
          { title: t("what_next"), cell: (r) => sentence(r.why || r.then) },
        ]}
      />
    </>
  );
}
