import { scopePath } from "../api/client";
import { t } from "../i18n";
import { HistoryTable } from "../parts/HistoryTable";
import { rolloutLink } from "../parts/RolloutCard";
import { rollouts } from "../state/live";

export function History() {
  const scopes = [...rollouts.value.keys()];
  const path = (scope: string) => `rollouts/${scopePath(scope.slice(0, scope.indexOf("/")), scope.slice(scope.indexOf("/") + 1))}`;
  return (
    <>
      <h1>{t("history")}</h1>
      {scopes.length === 0 && <p class="quiet">{t("no_policies")}</p>}
      {scopes.map((scope) => (
        <section key={scope}>
          <h2>
            <a href={rolloutLink(scope)}>{scope}</a>
          </h2>
          <HistoryTable path={path(scope)} version={rollouts.value.get(scope)} />
        </section>
      ))}
    </>
  );
}
