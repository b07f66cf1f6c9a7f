import type { WeightsState } from "../api/types";
import { percent } from "../format/share";
import { t } from "../i18n";
import { observed } from "../state/traffic";
import { Shares } from "./Shares";
import { Sheet } from "./Sheet";

type Row = WeightsState["routes"][number];

export function ServiceRoutes({ routes, service }: { routes: Row[]; service: string }) {
  const seen = (name: string) => {
    const share = observed(service, name);
    return share === undefined ? "–" : percent(share);
  };
  return (
    <section class="card">
      <h2>{t("routes")}</h2>
      <Sheet<Row>
        label={t("routes")}
        empty={t("no_routes")}
        rows={routes}
        keyOf={(r) => r.key}
        columns={[
          { title: t("route"), cell: (r) => <span class="mono">{r.key}</span> },
          { title: t("share"), cell: (r) => <Shares parts={r.variants} /> },
          { title: t("desired"), cell: (r) => r.variants.map((v) => `${v.name} ${percent(v.share)}`).join(" · ") },
          { title: t("observed"), cell: (r) => r.variants.map((v) => `${v.name} ${seen(v.name)}`).join(" · ") },
        ]}
      />
    </section>
  );
}
