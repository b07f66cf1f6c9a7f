import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { Peer } from "../api/types";
import { t } from "../i18n";
import { lasting } from "../format/time";
import { Loaded } from "../parts/Failure";
import { Sheet } from "../parts/Sheet";
import { Time } from "../parts/Time";
import { now } from "../state/clock";
import { status } from "../state/live";
import { resource, useReload } from "../state/resource";

export function Peers() {
  const peers = useMemo(() => resource(() => api.get<{ peers: Peer[] }>("peers")), []);
  useReload(peers, now.value);
  return (
    <>
      <h1>{t("peers")}</h1>
      <Loaded from={peers}>{(p) => <Fleet peers={p.peers} />}</Loaded>
      <Loaded from={status}>
        {(s) => (
          <section class="card">
            <h2>{t("sources")}</h2>
            <Sheet
              label={t("sources")}
              empty="–"
              rows={s.sources}
              keyOf={(x) => x.name}
              columns={[
                { title: t("source"), cell: (x) => x.name },
                { title: t("read_last"), cell: (x) => <Time at={x.last_success} /> },
                { title: t("stale"), cell: (x) => (x.stale_seconds > 0 ? <span class="bad">{lasting(x.stale_seconds)}</span> : <span class="good">✓ {t("current")}</span>) },
                { title: t("error"), cell: (x) => x.error },
              ]}
            />
          </section>
        )}
      </Loaded>
    </>
  );
}

function Fleet({ peers }: { peers: Peer[] }) {
  return (
    <Sheet<Peer>
      label={t("peers")}
      empty={t("no_peers")}
      rows={peers}
      keyOf={(p) => p.name}
      columns={[
        { title: t("name"), cell: (p) => (p.self ? <strong>{`${p.name} (${t("this_one")})`}</strong> : p.name) },
        { title: t("leads"), cell: (p) => (p.leads ? t("yes") : "") },
        { title: t("heard"), cell: (p) => (p.announced ? <span class="good">✓ {t("yes")}</span> : <span class="bad">✕ {t("no")}</span>) },
        { title: t("admin_at"), cell: (p) => <span class="mono">{p.admin}</span> },
        { title: t("since"), cell: (p) => <Time at={p.since} /> },
      ]}
    />
  );
}
