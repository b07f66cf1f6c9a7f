import type { Problem } from "../api/types";
import { t } from "../i18n";
import { link } from "../router";
import { Sheet } from "./Sheet";

export function ProblemList({ problems }: { problems: Problem[] }) {
  return (
    <Sheet<Problem>
      label={t("problems")}
      empty={t("no_problems")}
      rows={problems}
      keyOf={(p, i) => `${i} ${p.text}`}
      columns={[
        { title: t("source"), cell: (p) => p.source },
        { title: t("service"), cell: (p) => p.service && <a href={link("service", p.service)}>{p.service}</a> },
        { title: t("text"), cell: (p) => <code>{p.text}</code> },
        { title: t("what_is_wrong"), cell: (p) => p.reason },
      ]}
    />
  );
}
