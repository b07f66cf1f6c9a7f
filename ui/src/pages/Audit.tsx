import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { Change } from "../api/types";
import { t } from "../i18n";
import { worded } from "../i18n/codes";
import { Loaded } from "../parts/Failure";
import { Search } from "../parts/Search";
import { Sheet } from "../parts/Sheet";
import { Time } from "../parts/Time";
import { rollouts } from "../state/live";
import { resource, useReload } from "../state/resource";
import { changesOf } from "../state/audit";

export function Audit() {
  const by = useSignal("");
  const scope = useSignal("");
  const audit = useMemo(
    () =>
      resource(() => {
        const search = new URLSearchParams({ limit: "200", ...(by.peek() && { by: by.peek() }), ...(scope.peek() && { scope: scope.peek() }) });
        return api.get<{ changes: Change[] }>(`audit?${search}`);
      }),
    [],
  );
  useReload(audit, by.value, scope.value, rollouts.value);
  return (
    <>
      <div class="head">
        <h1>{t("audit")}</h1>
        <div class="row">
          <Search label={t("scope")} hint="service/web" exact value={scope.value} onInput={(v) => (scope.value = v)} />
          <Search label={t("by")} hint="alice" exact value={by.value} onInput={(v) => (by.value = v)} />
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
              { title: t("what"), cell: (e) => worded("action", e.action) },
              { title: t("changes"), cell: (e) => changesOf(e) },
              { title: t("reason"), cell: (e) => e.reason ?? "" },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
