import type { RolloutSummary } from "../api/types";
import { parsePercent } from "../format/share";
import { t } from "../i18n";
import { sentence } from "../i18n/codes";
import { link } from "../router";
import { Phase } from "./Phase";
import { Shares } from "./Shares";

/** Where a scope is: "service/web" has the page of kind service and name web. */
export function rolloutLink(scope: string): string {
  const at = scope.indexOf("/");
  return link("rollout", scope.slice(0, at), scope.slice(at + 1));
}

/** A rollout in short. Its heading is of the level that the page has come to. */
export function RolloutCard({ rollout: r, level: Heading = "h3" }: { rollout: RolloutSummary; level?: "h2" | "h3" }) {
  const weight = parsePercent(r.weight);
  return (
    <article class="card">
      <header>
        <Heading>
          <a href={rolloutLink(r.scope)}>{r.scope}</a>
        </Heading>
        <Phase phase={r.phase} />
      </header>
      <p>
        {r.stable?.key} → <strong>{r.candidate?.key}</strong> <span class="quiet">{r.steps ? t("step_of", { step: r.step ?? 0, steps: r.steps }) : ""}</span>
      </p>
      <Shares parts={[{ name: "canary", share: weight }, { name: "stable", share: 1 - weight }]} />
      <p>
        <strong class="number">{r.weight}</strong> {t("to_candidate")} <span class="quiet">{sentence(r.why ?? "")}</span>
      </p>
    </article>
  );
}
