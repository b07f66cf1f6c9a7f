import { useMemo } from "preact/hooks";
import { api, scopePath } from "../api/client";
import type { Rollout as State } from "../api/types";
import { percent } from "../format/share";
import { count } from "../format/number";
import { lasting } from "../format/time";
import { t } from "../i18n";
import { holdWords, sentence, verdictWords, worded } from "../i18n/codes";
import { EvidenceChart } from "../parts/EvidenceChart";
import { Loaded } from "../parts/Failure";
import { Findings } from "../parts/Findings";
import { Figure } from "../parts/Figure";
import { Health } from "../parts/Health";
import { Isolated, OpenNow } from "../parts/Open";
import { Phase } from "../parts/Phase";
import { ServiceCharts } from "../parts/ServiceCharts";
import { ServiceRoutes } from "../parts/ServiceRoutes";
import { Steps } from "../parts/Steps";
import { Time } from "../parts/Time";
import { Verbs } from "../parts/Verbs";
import { link } from "../router";
import { now } from "../state/clock";
import { rollouts } from "../state/live";
import { observed } from "../state/traffic";
import { resource, useReload } from "../state/resource";
import type { PageProps } from ".";
import { HistoryTable } from "../parts/HistoryTable";

export function Rollout({ args: [kind = "", name = ""] }: PageProps) {
  const path = `rollouts/${scopePath(kind, name)}`;
  const state = useMemo(() => resource(() => api.get<State>(path)), [path]);
  useReload(state, rollouts.value.get(`${kind}/${name}`), now.value);
  return (
    <>
      <div class="head">
        <h1>{`${kind}/${name}`}</h1>
        {state.value.value && <Phase phase={state.value.value.phase} />}
      </div>
      <Loaded from={state}>{(r) => <Shown path={path} rollout={r} service={kind === "service" ? name : undefined} reload={state.reload} />}</Loaded>
    </>
  );
}

interface Props {
  path: string;
  rollout: State;
  service: string | undefined;
  reload: () => Promise<void>;
}

function Shown({ path, rollout: r, service, reload }: Props) {
  return (
    <>
      <Notes rollout={r} />
      <section class="card" aria-labelledby="where">
        <header>
          <h2 id="where">{r.plan ? t("step_of", { step: r.step ?? 0, steps: r.steps ?? 0 }) : t("no_rollout")}</h2>
          <span class="quiet">{sentence(r.then)}</span>
        </header>
        {r.why && !r.holds?.some((h) => h.message === r.why) && <p>{sentence(r.why)}</p>}
        {r.plan && <Steps steps={r.plan} />}
        <Figures rollout={r} service={service} />
        <Verbs path={path} rollout={r} reload={reload} />
      </section>
      {r.verdict && (
        <section class="card">
          <header>
            <h2>{t("verdict")}</h2>
            <strong>{worded("outcome", r.verdict.outcome)}</strong>
          </header>
          <Words verdict={r.verdict} />
          <Findings findings={r.verdict.findings} sure={r.verdict.sure} />
          <EvidenceChart key={r.id} evidence={r.verdict.evidence} enough={r.verdict.enough} />
        </section>
      )}
      {service && <ServiceCharts service={service} variants={["canary", "stable"]} />}
      <Isolated routes={r.isolated ?? []} />
      <OpenNow rollout={r} />
      {r.routes && <ServiceRoutes routes={r.routes} service={service ?? ""} />}
      <HistoryTable path={path} version={`${r.generation} ${r.phase}`} />
    </>
  );
}

/** The verdict in words: what matters first, the rest for who wants it. */
function Words({ verdict }: { verdict: NonNullable<State["verdict"]> }) {
  const [first, rest] = verdictWords(verdict);
  return (
    <>
      <p class="lines">{first}</p>
      {rest && (
        <details>
          <summary>{t("in_words")}</summary>
          <p class="lines">{rest}</p>
        </details>
      )}
    </>
  );
}

function Notes({ rollout: r }: { rollout: State }) {
  const alarms = [r.problem, r.stale].filter(Boolean);
  return (
    <>
      {alarms.map((text) => (
        <p key={text} class="note bad" role="alert">
          {text}
        </p>
      ))}
      {r.emergency && (
        <p class="note bad" role="alert">
          {t("emergency", { who: r.emergency.by || t("somebody"), candidate: r.emergency.candidate })} <Time at={r.emergency.at} /> {r.emergency.reason}{" "}
          {r.emergency.volatile && t("emergency_volatile", { why: r.emergency.volatile })}
        </p>
      )}
      {r.holds?.map((h) => (
        <p key={h.cause} class="note warn">
          {t("waits_for")} {holdWords(h.cause, h.message)} {h.by && `(${h.by})`} <Time at={h.at} />
        </p>
      ))}
      {r.override && (
        <p class="note warn">
          {t("override", { weight: r.override.weight, who: r.override.by || t("somebody"), left: lasting(r.override.left_seconds) })} {r.override.reason}
        </p>
      )}
      {r.notes?.map((text) => (
        <p key={text} class="note">
          {text}
        </p>
      ))}
    </>
  );
}

function Figures({ rollout: r, service }: { rollout: State; service: string | undefined }) {
  const seen = service !== undefined && r.candidate ? observed(service, "canary") : undefined;
  const behind = r.proxies?.filter((p) => p.behind) ?? [];
  return (
    <dl class="figures">
      <Figure label={t("stable")}>
        {r.stable ? (
          <>
            {r.stable.key} <Health up={r.stable.up} total={r.stable.total} />
          </>
        ) : (
          "–"
        )}
      </Figure>
      {r.candidate && (
        <Figure label={t("candidate")}>
          {r.candidate.key} <Health up={r.candidate.up} total={r.candidate.total} />
        </Figure>
      )}
      {r.policy && (
        <Figure label={t("policy")}>
          <a href={link("policy", r.policy)}>{r.policy}</a>
        </Figure>
      )}
      <Figure label={t("weight")}>
        {r.weight} {r.capped && <span class="warn">{t("capped", { asked: r.asked })}</span>}
      </Figure>
      {seen !== undefined && <Figure label={t("observed")}>{percent(seen)}</Figure>}
      {r.observed && (
        <Figure label={t("counted")}>
          <span title={t("counted_hint")}>{t("counted_of", { n: count(r.observed.candidate), all: count(r.observed.all) })}</span>
        </Figure>
      )}
      <Figure label={t("elapsed")}>
        {lasting(r.step_seconds)} <span class="quiet">/ {lasting(r.total_seconds)}</span>
      </Figure>
      <Figure label={t("proxies")}>
        {r.proxies ? `${r.proxies.length - behind.length}/${r.proxies.length}` : "–"}
        {behind.length > 0 && <span class="warn"> {t("behind", { names: behind.map((p) => p.name).join(", ") })}</span>}
      </Figure>
    </dl>
  );
}
