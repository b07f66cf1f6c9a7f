import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { Policy } from "../api/types";
import { t } from "../i18n";
import { Loaded } from "../parts/Failure";
import { rolloutLink } from "../parts/RolloutCard";
import { Sheet } from "../parts/Sheet";
import { link } from "../router";
import { rollouts } from "../state/live";
import { resource, useReload } from "../state/resource";

export function Policies() {
  const all = useMemo(() => resource(() => api.get<{ policies: Policy[] }>("policies")), []);
  useReload(all, rollouts.value);
  return (
    <>
      <div class="head">
        <h1>{t("policies")}</h1>
        <a class="button" href={link("policy")}>
          {t("new_policy")}
        </a>
      </div>
      <Loaded from={all}>
        {(p) => (
          <Sheet<Policy>
            label={t("policies")}
            empty={t("no_policies")}
            rows={p.policies}
            keyOf={(one) => one.name}
            columns={[
              { title: t("name"), cell: (one) => <a href={link("policy", one.name)}>{one.name}</a> },
              { title: t("scope"), cell: (one) => (one.scope ? <a href={rolloutLink(one.scope)}>{one.scope}</a> : <span class="quiet">{t("by_meta")}</span>) },
              { title: t("strategy"), cell: (one) => one.strategy },
              { title: t("kept_in"), cell: (one) => (one.file ? <span class="mono">{one.file}</span> : t("the_store")) },
              { title: t("state"), cell: (one) => <State policy={one} /> },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function State({ policy: p }: { policy: Policy }) {
  const wrong = p.problem || p.stale;
  return wrong ? <span class="bad">✕ {wrong}</span> : <span class="good">✓ {t("in_force")}</span>;
}
