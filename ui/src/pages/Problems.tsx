import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { Problem } from "../api/types";
import { t } from "../i18n";
import { Loaded } from "../parts/Failure";
import { ProblemList } from "../parts/ProblemList";
import { problems } from "../state/live";
import { resource, useReload } from "../state/resource";

export function Problems() {
  const all = useMemo(() => resource(() => api.get<{ problems: Problem[] }>("problems")), []);
  useReload(all, problems.value);
  return (
    <>
      <h1>{t("problems")}</h1>
      <p class="quiet">{t("problems_hint")}</p>
      <Loaded from={all}>{(list) => <ProblemList problems={list.problems} />}</Loaded>
    </>
  );
}
