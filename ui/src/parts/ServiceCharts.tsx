import { t } from "../i18n";
import { FlowChart } from "./FlowChart";

const ms = (seconds: number | undefined) => (seconds === undefined ? null : seconds * 1000);

/** What a service is asked now, how often it fails and how long it takes, by variant. */
export function ServiceCharts({ service, variants }: { service: string; variants: string[] }) {
  const of = { service, variants };
  return (
    <section class="grid" aria-label={t("traffic_now")}>
      <FlowChart {...of} title={t("requests_per_second")} pick={(f) => f.requests + f.connections} />
      <FlowChart {...of} title={t("errors_per_second")} pick={(f) => f.errors} />
      <FlowChart {...of} title={t("ms_of", { share: "p50" })} pick={(f) => ms(f.p50_seconds)} />
      <FlowChart {...of} title={t("ms_of", { share: "p95" })} pick={(f) => ms(f.p95_seconds)} />
      <FlowChart {...of} title={t("ms_of", { share: "p99" })} pick={(f) => ms(f.p99_seconds)} />
    </section>
  );
}
