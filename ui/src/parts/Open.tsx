import type { Rollout } from "../api/types";
import { count } from "../format/number";
import { percent } from "../format/share";
import { t } from "../i18n";
import { Copy } from "./Copy";
import { Sheet } from "./Sheet";
import { Time } from "./Time";

/** How the candidate is reached whatever its weight is. */
export function Isolated({ routes }: { routes: NonNullable<Rollout["isolated"]> }) {
  if (routes.length === 0) {
    return null;
  }
  return (
    <section class="card" aria-labelledby="isolated">
      <h2 id="isolated">{t("isolated")}</h2>
      {routes.map((r) => (r.curl ? <Copy key={r.route} text={r.curl} label={t("curl_of", { route: r.route })} /> : <code key={r.route}>{r.route}</code>))}
    </section>
  );
}

type Share = NonNullable<Rollout["open"]>[number];

/** What is open at this proxy: it stays where it is when a weight changes. */
export function OpenNow({ rollout: r }: { rollout: Rollout }) {
  if (!r.open?.length && !r.draining?.length) {
    return null;
  }
  return (
    <section class="card">
      <h2>{t("open_now")}</h2>
      <Sheet<Share>
        label={t("open_now")}
        empty="–"
        rows={r.open ?? []}
        keyOf={(o) => o.variant}
        columns={[
          { title: t("variants"), cell: (o) => o.variant },
          { title: t("open"), number: true, cell: (o) => count(o.open) },
          { title: t("share"), number: true, cell: (o) => percent(o.share) },
          { title: t("of_new"), number: true, cell: (o) => percent(o.new) },
        ]}
      />
      {r.draining?.map((d) => (
        <p key={d.version} class="note warn">
          {t("drains", { version: d.version, left: count(d.left) })} <Time at={d.until} />
        </p>
      ))}
    </section>
  );
}
