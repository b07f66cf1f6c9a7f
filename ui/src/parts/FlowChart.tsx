import { useMemo } from "preact/hooks";
import type { Flow } from "../api/types";
import { rate } from "../format/number";
import { flowOf, traffic } from "../state/traffic";
import { Chart, type Line } from "./Chart";
import { kindOf } from "./Shares";
import { t } from "../i18n";

interface Props {
  title: string;
  service?: string;
  variants?: string[];
  pick: (flow: Flow) => number | null; // null: it is not known
  format?: (value: number) => string;
}

/** A figure of the traffic by variant over the last minutes; of all services where none is named. */
export function FlowChart({ title, service, variants = [], pick, format = rate }: Props) {
  const seconds = traffic.value;
  const data = useMemo<[number[], ...(number | null)[][]]>(() => {
    const times = seconds.map((s) => Date.parse(s.at) / 1000);
    if (service === undefined) {
      return [times, seconds.map((s) => pick(s.total))];
    }
    return [times, ...variants.map((v) => seconds.map((s) => pick(flowOf(s, service, v))))];
  }, [seconds, service, variants.join()]);
  const lines: Line[] =
    service === undefined
      ? [{ label: t("all_services"), color: "--accent" }]
      : variants.map((v, i) => {
          const kind = kindOf(v, i, variants.length);
          return { label: v, color: `--${kind}`, dash: kind === "candidate" ? [6, 3] : [] };
        });
  return <Chart title={title} lines={lines} data={data} format={format} />;
}
