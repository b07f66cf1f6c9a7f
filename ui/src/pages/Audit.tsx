import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { Change } from "../api/types";
import { t } from "../i18n";
import { Loaded } from "../parts/Failure";
import { Sheet } from "../parts/Sheet";
import { Time } from "../parts/Time";
import { rollouts } from "../state/live";
import { resource, useReload } from "../state/resource";
import { changesOf } from "../state/audit";

export function Audit() {
  const by = useSignal("");
  const scope = useSignal("");
  const search = new URLSearchParams({ limit: "200", ...(by.value && { by: by.value }), ...(scope.value && { scope: scope.value }) }).toString();
  const audit = useMemo(() => resource(() => api.get<{ changes: Change[] }>(`audit?${search}`)), [search]);
  useReload(audit, rollouts.value);
  return (
    <>
      <div class="head">
        <h1>{t("audit")}</h1>
        <div class="row">
          <Filter label={t("scope")} hint="service/web" value={scope.value} onInput={(v) => (scope.value = v)} />
          <Filter label={t("by")} hint="alice" value={by.value} onInput={(v) => (by.value = v)} />
        </div>
      </div>
      <Loaded from={audit}>
        {(a) => (
          <Sheet<Change>
            label={t("audit")}
            empty={t("no_audit")}
            rows={a.changes}
            keyOf={(_, i) => String(i)}
            columns={[
              { title: t("when"), cell: (e) => <Time at={e.at} /> },
              { title: t("by"), cell: (e) => e.by ?? "" },
              { title: t("scope"), cell: (e) => e.scope },
              { title: t("what"), cell: (e) => e.action },
              { title: t("changes"), cell: (e) => changesOf(e) },
              { title: t("reason"), cell: (e) => e.reason ?? "" },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function Filter({ label, hint, value, onInput }: { label: string; hint: string; value: string; onInput: (v: string) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input type="search" placeholder={hint} value={value} onChange={(e) => onInput(e.currentTarget.value)} />
    </label>
  );
}
