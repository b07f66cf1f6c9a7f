import type { Flow } from "../api/types";
import type { Part } from "../parts/Shares";
import { traffic } from "./traffic";

/** What a service was asked over the last ten seconds. */
export interface ServiceFlow {
  service: string;
  perSecond: number;
  errors: number; // share of the units that failed
  open: number; // connections, streams and requests, now
  slowest: number[]; // p50, p95 and p99 of the slowest variant in the last second; empty where they are not known
  parts: Part[];
}

/** What came to a variant in one event of the stream. */
interface Count {
  service: string;
  variant: string;
  units: number;
  errors: number;
}

const window = 10;

/** The services with traffic, the busiest first. */
export function byService(): ServiceFlow[] {
  const seconds = traffic.value.slice(-window);
  const length = seconds.reduce((sum, s) => sum + s.seconds, 0) || 1;
  const counts = seconds.flatMap((s) =>
    s.services.map(({ service = "", variant = "", requests, connections, errors }): Count => ({ service, variant, units: (requests + connections) * s.seconds, errors: errors * s.seconds })),
  );
  const last = Map.groupBy(seconds.at(-1)?.services ?? [], (f) => f.service ?? "");
  return [...Map.groupBy(counts, (c) => c.service)].map(([service, all]) => ({ ...summary(service, all, length), ...now(last.get(service) ?? []) })).sort((a, b) => b.perSecond - a.perSecond);
}

const sum = (counts: Count[], of: (c: Count) => number) => counts.reduce((n, c) => n + of(c), 0);
const units = (counts: Count[]) => sum(counts, (c) => c.units);

function summary(service: string, counts: Count[], seconds: number): Omit<ServiceFlow, "open" | "slowest"> {
  const all = units(counts);
  const parts = [...Map.groupBy(counts, (c) => c.variant)]
    .map(([name, of]) => ({ name, share: all > 0 ? units(of) / all : 0 }))
    .sort((a, b) => Number(a.name === "stable") - Number(b.name === "stable") || a.name.localeCompare(b.name));
  return { service, perSecond: all / seconds, errors: all > 0 ? sum(counts, (c) => c.errors) / all : 0, parts };
}

/** What the last second tells of a service. */
function now(flows: Flow[]): Pick<ServiceFlow, "open" | "slowest"> {
  const [slowest] = flows.filter((f) => f.p99_seconds !== undefined).sort((a, b) => b.p99_seconds! - a.p99_seconds!);
  return {
    open: flows.reduce((n, f) => n + (f.open ?? 0), 0),
    slowest: slowest ? [slowest.p50_seconds, slowest.p95_seconds, slowest.p99_seconds].map((s) => s ?? 0) : [],
  };
}
