import { useMemo } from "preact/hooks";
import { api, scopePath } from "../api/client";
import type { WeightsState } from "../api/types";
import { t } from "../i18n";
import { Loaded } from "../parts/Failure";
import { CutoverPanel } from "../parts/CutoverPanel";
import { Time } from "../parts/Time";
import { WeightEditor } from "../parts/WeightEditor";
import { generation, rollouts } from "../state/live";
import { resource, useReload } from "../state/resource";
import type { PageProps } from ".";
import { RolloutCard } from "../parts/RolloutCard";
import { ServiceCharts } from "../parts/ServiceCharts";
import { ServiceRoutes } from "../parts/ServiceRoutes";
import { variantsOf } from "../state/variants";

export function Service({ args: [name = ""] }: PageProps) {
  const weights = useMemo(() => resource(() => api.get<WeightsState>(`weights/${scopePath("service", name)}`)), [name]);
  useReload(weights, generation.value);
  const rollout = rollouts.value.get(`service/${name}`);
  return (
    <>
      <div class="head">
        <h1>{name}</h1>
        {rollout?.candidate && <RolloutCard rollout={rollout} level="h2" />}
      </div>
      <Loaded from={weights}>{(w) => <Editors name={name} weights={w} reload={weights.reload} />}</Loaded>
    </>
  );
}

function Editors({ name, weights, reload }: { name: string; weights: WeightsState; reload: () => Promise<void> }) {
  const variants = variantsOf(weights);
  return (
    <>
      <div class="columns">
        <section class="card" aria-labelledby="weights">
          <h2 id="weights">{t("weights")}</h2>
          <Asked weights={weights} />
          <WeightEditor service={name} variants={variants} weights={weights} reload={reload} />
        </section>
        <section class="card" aria-labelledby="cutover">
          <h2 id="cutover">{t("cutover")}</h2>
          <CutoverPanel service={name} variants={variants} weights={weights} reload={reload} />
        </section>
      </div>
      <ServiceCharts service={name} variants={variants} />
      <ServiceRoutes routes={weights.routes} service={name} />
    </>
  );
}

/** Who asked for the weights that hold. */
function Asked({ weights: w }: { weights: WeightsState }) {
  if (w.index === 0) {
    return <p class="quiet">{t("tags_decide")}</p>;
  }
  return (
    <p>
      {t("asked_by", { who: w.by || t("somebody") })} <Time at={w.at} />
      {w.reason && <>: {w.reason}</>}
      {w.expires && (
        <>
          {" · "}
          {t("expires")} <Time at={w.expires} />
        </>
      )}
    </p>
  );
}
