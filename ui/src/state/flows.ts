import type { Part } from "../parts/Shares";
import { type Flow, traffic } from "./traffic";

/** What a service was asked over the last ten seconds. */
export interface ServiceFlow {
  service: string;
  perSecond: number;
  errors: number; // share of the units that failed
  parts: Part[];
}

const window = 10;

/** The services with traffic, the busiest first. */
export function byService(): ServiceFlow[] {
  const seconds = traffic.value.slice(-window);
  const length = seconds.reduce((sum, s) => sum + s.seconds, 0) || 1;
  const flows = seconds.flatMap((s) => s.services);
  return [...Map.groupBy(flows, (f) => f.service)].map(([service, all]) => summary(service, all, length)).sort((a, b) => b.perSecond - a.perSecond);
}

const units = (f: Flow) => f.requests + f.connections;
const sum = (flows: Flow[], of: (f: Flow) => number) => flows.reduce((n, f) => n + of(f), 0);

function summary(service: string, flows: Flow[], seconds: number): ServiceFlow {
  const all = sum(flows, units);
  const parts = [...Map.groupBy(flows, (f) => f.variant)]
    .map(([name, of]) => ({ name, share: all > 0 ? sum(of, units) / all : 0 }))
    .sort((a, b) => Number(a.name === "stable") - Number(b.name === "stable") || a.name.localeCompare(b.name));
  return { service, perSecond: all / seconds, errors: all > 0 ? sum(flows, (f) => f.errors) / all : 0, parts };
}
