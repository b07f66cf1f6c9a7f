import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { RolloutRecord } from "../api/types";
import { lasting } from "../format/time";
import { t } from "../i18n";
import { worded } from "../i18n/codes";
import { resource, useReload } from "../state/resource";
import { Loaded } from "./Failure";
import { Phase } from "./Phase";
import { Sheet } from "./Sheet";
import { Time } from "./Time";

/** The rollouts of a scope that are over; read again when version is another. */
export function HistoryTable({ path, version }: { path: string; version: unknown }) {
  const history = useMemo(() => resource(() => api.get<{ rollouts: RolloutRecord[] }>(`${path}/history`)), [path]);
  useReload(history, version);
  return (
    <section class="card">
      <h2>{t("history")}</h2>
      <Loaded from={history}>
        {(h) => (
          <Sheet<RolloutRecord>
            label={t("history")}
            empty={t("no_history")}
            rows={h.rollouts}
            keyOf={(r) => r.id}
            columns={[
              { title: t("revision"), number: true, cell: (r) => r.revision },
              { title: t("version"), cell: (r) => `${r.stable} → ${r.candidate}` },
              { title: t("outcome"), cell: (r) => <Phase phase={r.outcome} /> },
              { title: t("reason"), cell: (r) => worded("reason", r.reason, r.message) },
              { title: t("by"), cell: (r) => r.by },
              { title: t("took"), number: true, cell: (r) => lasting(r.took_seconds) },
              { title: t("when"), cell: (r) => <Time at={r.at} /> },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
