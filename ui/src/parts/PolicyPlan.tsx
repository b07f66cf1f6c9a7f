import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ApiError, api } from "../api/client";
import type { Plan, PlannedStep } from "../api/types";
import { count, rate as inRate } from "../format/number";
import { lasting } from "../format/time";
import { t } from "../i18n";
import { details, said, sentence } from "../i18n/codes";
import { resource } from "../state/resource";
import { rates } from "../state/traffic";
import { Figure } from "./Figure";
import { Sheet } from "./Sheet";

const rest = 400; // milliseconds without a key until a text is looked at

/** What a policy comes to, or what is wrong with it, while it is written. */
export function PolicyPlan({ text }: { text: string }) {
  const perSecond = useSignal("");
  const asked = useRef({ text, scope: "" });
  asked.current.text = text;
  const plan = useMemo(
    () =>
      resource(async () => {
        const found = await api.post<Plan>("policies:plan", { text: asked.current.text, rate: Number(perSecond.peek()) || seen(asked.current.scope) });
        asked.current.scope = found.scope ?? "";
        return found;
      }),
    [],
  );
  useEffect(() => {
    if (text.trim() === "") {
      return;
    }
    const timer = setTimeout(() => void plan.reload(), rest);
    return () => clearTimeout(timer);
  }, [text, perSecond.value]);
  const wrong = plan.error.value;
  return (
    <section class="card" aria-labelledby="plan">
      <header>
        <h2 id="plan">{t("plan")}</h2>
        <label class="row quiet">
          {t("plan_rate")}
          <input inputMode="decimal" size={8} value={perSecond.value} placeholder={inRate(seen(asked.current.scope))} onInput={(e) => (perSecond.value = e.currentTarget.value)} />
        </label>
      </header>
      <div class="stack" aria-live="polite">{wrong ? <Wrong error={wrong} /> : plan.value.value ? <Planned plan={plan.value.value} /> : <p class="quiet">{t("plan_hint")}</p>}</div>
    </section>
  );
}

/** What the service of a scope is asked now, a second. */
function seen(scope: string): number {
  const [kind, name = ""] = scope.split("/");
  return kind === "service" ? [...rates(name).values()].reduce((a, b) => a + b, 0) : 0;
}

function Wrong({ error }: { error: Error }) {
  const places = error instanceof ApiError ? details(error.problem) : [];
  const all = places.length > 0 ? places : [said(error)];
  return (
    <ul class="note bad">
      {all.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}

function Planned({ plan: p }: { plan: Plan }) {
  return (
    <>
      <p class="good">✓ {t("lint_clean")}</p>
      <dl class="figures">
        <Figure label={t("scope")}>{p.scope || "–"}</Figure>
        <Figure label={t("strategy")}>{p.strategy}</Figure>
        <Figure label={t("earliest")}>{lasting(p.earliest_seconds)}</Figure>
        <Figure label={t("needs_somebody")}>{p.waits ? t("yes") : t("no")}</Figure>
      </dl>
      {p.notes?.map((note) => (
        <p key={note} class="note warn">
          {note}
        </p>
      ))}
      <Sheet<PlannedStep>
        label={t("plan")}
        empty="–"
        rows={p.steps}
        keyOf={(s) => String(s.number)}
        columns={[
          { title: t("step"), number: true, cell: (s) => s.number },
          { title: t("does"), cell: (s) => sentence(s.does) },
          { title: t("weight"), number: true, cell: (s) => s.weight },
          { title: t("at_least"), number: true, cell: (s) => lasting(s.least_seconds) },
          { title: t("units_for_verdict"), number: true, cell: (s) => (s.units ? count(s.units) : "–") },
          { title: t("to_candidate_per_second"), number: true, cell: (s) => (s.rate ? inRate(s.rate) : "–") },
          { title: t("note"), cell: (s) => s.note },
        ]}
      />
    </>
  );
}
