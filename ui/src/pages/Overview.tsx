import { count, rate } from "../format/number";
import { lasting } from "../format/time";
import { t } from "../i18n";
import { Figure } from "../parts/Figure";
import { FlowChart } from "../parts/FlowChart";
import { Loaded } from "../parts/Failure";
import { ProblemList } from "../parts/ProblemList";
import { RolloutCard } from "../parts/RolloutCard";
import { Sheet } from "../parts/Sheet";
import { link } from "../router";
import { problems, rollouts, status } from "../state/live";
import { traffic } from "../state/traffic";
import { byService, type ServiceFlow } from "../state/flows";
import { percent } from "../format/share";
import { Shares } from "../parts/Shares";
import type { Status } from "../api/types";

export function Overview() {
  const moving = [...rollouts.value.values()].filter((r) => r.candidate);
  return (
    <>
      <h1>{t("overview")}</h1>
      <Loaded from={status}>{(s) => <Figures status={s} />}</Loaded>
      <div class="columns">
        <section class="card">
          <h2>{t("traffic_now")}</h2>
          <FlowChart title={t("requests_per_second")} pick={(f) => f.requests + f.connections} />
        </section>
        <section class="card" aria-labelledby="rolling">
          <header>
            <h2 id="rolling">{t("what_rolls")}</h2>
            <a href={link("rollouts")}>{t("all_rollouts")}</a>
          </header>
          {moving.length === 0 && <p class="quiet">{t("nothing_rolls")}</p>}
          {moving.map((r) => (
            <RolloutCard key={r.scope} rollout={r} />
          ))}
        </section>
      </div>
      <section class="card">
        <h2>{t("services")}</h2>
        <Services />
      </section>
      <section class="card">
        <h2>{t("problems")}</h2>
        <ProblemList problems={problems.value.problems.slice(0, 5)} />
        {problems.value.total > 5 && <a href={link("problems")}>{t("all_problems", { n: problems.value.total })}</a>}
      </section>
    </>
  );
}

function Figures({ status: s }: { status: Status }) {
  const total = traffic.value.at(-1)?.total;
  const stale = s.sources.filter((x) => x.error);
  return (
    <div class="card">
      <dl class="figures">
        <Figure label={t("requests_per_second")}>{total ? rate(total.requests + total.connections) : "–"}</Figure>
        <Figure label={t("errors_per_second")}>{total ? rate(total.errors) : "–"}</Figure>
        <Figure label={t("routes")}>{count(s.table.routes)}</Figure>
        <Figure label={t("targets")}>{count(s.table.targets)}</Figure>
        <Figure label={t("table")}>{`#${s.table.generation}`}</Figure>
        <Figure label={t("version")}>{s.version}</Figure>
      </dl>
      {stale.map((x) => (
        <p key={x.name} class="note bad">
          {t("source_stale", { name: x.name, since: lasting(x.stale_seconds) })} {x.error}
        </p>
      ))}
    </div>
  );
}

function Services() {
  return (
    <Sheet<ServiceFlow>
      label={t("services")}
      empty={t("no_traffic")}
      rows={byService()}
      keyOf={(s) => s.service}
      columns={[
        { title: t("service"), cell: (s) => (s.service ? <a href={link("service", s.service)}>{s.service}</a> : <span class="quiet">{t("without_route")}</span>) },
        { title: t("per_second"), number: true, cell: (s) => rate(s.perSecond) },
        { title: t("errors"), number: true, cell: (s) => percent(s.errors) },
        { title: t("slowest_ms"), number: true, cell: (s) => <span title={t("slowest_hint")}>{s.slowest.map((one) => rate(one * 1000)).join(" · ") || "–"}</span> },
        { title: t("open"), number: true, cell: (s) => count(s.open) },
        { title: t("observed"), cell: (s) => <Shares parts={s.parts} /> },
        { title: t("variants"), cell: (s) => s.parts.map((p) => `${p.name} ${percent(p.share)}`).join(" · ") },
      ]}
    />
  );
}
