import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { Chart } from "./Chart";

interface Props {
  evidence: number;
  enough: number;
}

const kept = 600;

/** The evidence against the candidate since the page was opened, and how much makes a FAIL. */
export function EvidenceChart({ evidence, enough }: Props) {
  const points = useSignal<[number, number][]>([]);
  useEffect(() => {
    points.value = [...points.value.slice(1 - kept), [Date.now() / 1000, evidence]];
  }, [evidence]);
  if (points.value.length < 2) {
    return null;
  }
  const data: [number[], number[], number[]] = [points.value.map((p) => p[0]), points.value.map((p) => p[1]), points.value.map(() => enough)];
  return (
    <Chart
      title={t("evidence_over_time")}
      lines={[
        { label: t("against"), color: "--candidate" },
        { label: t("enough_to_fail"), color: "--bad", dash: [6, 4] },
      ]}
      data={data}
      format={(v) => Number(v.toPrecision(3)).toString()}
    />
  );
}
