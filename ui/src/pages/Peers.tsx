import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { Peer } from "../api/types";
import { t } from "../i18n";
import { count } from "../format/number";
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
                { title: t("stale"), cell: (x) => <Stale seconds={x.stale_seconds} /> },
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
        { title: t("table"), cell: (p) => <Table peer={p} /> },
        { title: t("routes"), number: true, cell: (p) => (p.table ? count(p.table.routes) : "–") },
        { title: t("in_use"), cell: (p) => <Time at={p.table?.published} /> },
        { title: t("stale"), cell: (p) => p.table && <Stale seconds={p.table.stale_seconds} /> },
        { title: t("admin_at"), cell: (p) => <span class="mono">{p.admin}</span> },
        { title: t("since"), cell: (p) => <Time at={p.since} /> },
      ]}
    />
  );
}

/** How long something could not be read; what is used is that old. */
function Stale({ seconds }: { seconds: number }) {
  return seconds > 0 ? <span class="bad">! {lasting(seconds)}</span> : <span class="good">✓ {t("current")}</span>;
}

/** Whether a proxy routes as the others do. Their tables have numbers of their own. */
function Table({ peer: p }: { peer: Peer }) {
  if (!p.table) {
    return <span class="bad">✕ {p.silent ? t("silent", { why: p.silent }) : "–"}</span>;
  }
  return (
    <>
      #{p.table.generation} {p.table.differs ? <span class="warn">! {t("differs")}</span> : <span class="good">✓ {t("as_the_others")}</span>}
      {p.table.behind.length > 0 && <div class="warn">{t("behind", { names: p.table.behind.join(", ") })}</div>}
    </>
  );
}
