import type { Finding } from "../api/types";
import { count } from "../format/number";
import { percent } from "../format/share";
import { t } from "../i18n";
import { Sheet } from "./Sheet";

/** What the verdict goes by, event by event, with the band that holds at all times. */
export function Findings({ findings, sure }: { findings: Finding[]; sure: number }) {
  return (
    <Sheet<Finding>
      label={t("verdict")}
      empty={t("nothing_counted")}
      rows={findings}
      keyOf={(f) => f.event}
      columns={[
        { title: t("event"), cell: (f) => <abbr title={f.means}>{f.event}</abbr> },
        { title: t("stable"), number: true, cell: (f) => hits(f.stable) },
        { title: t("candidate"), number: true, cell: (f) => hits(f.candidate) },
        { title: t("risk_band", { sure: percent(sure) }), cell: (f) => <Band risk={f.risk} /> },
        { title: t("against"), number: true, cell: (f) => f.against.toPrecision(3) },
        { title: t("needed"), number: true, cell: (f) => (f.needed ? count(f.needed) : "–") },
      ]}
    />
  );
}

function hits(h: Finding["stable"]): string {
  return h.units === 0 ? "–" : `${count(h.bad)}/${count(h.units)} · ${percent(h.bad / h.units)}`;
}

const widest = 32; // times stable's risk, at both ends of the scale

/** Risks from 1/32 to 32 times that of stable, by their logarithms; the mark is "as good as stable". */
function Band({ risk }: { risk: Finding["risk"] }) {
  const at = (r: number) => ((Math.log2(Math.min(widest, Math.max(1 / widest, r))) / Math.log2(widest) + 1) / 2) * 100;
  const high = risk.high ?? Number.POSITIVE_INFINITY;
  const words = t("risk_words", { low: risk.low.toPrecision(2), high: Number.isFinite(high) ? high.toPrecision(2) : "∞" });
  return (
    <>
      <div class="band" aria-hidden="true">
        <span style={{ left: `${at(risk.low)}%`, width: `${at(high) - at(risk.low)}%` }} />
        <i style={{ left: "50%" }} />
      </div>
      <span class="quiet">{words}</span>
    </>
  );
}
