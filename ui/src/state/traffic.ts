import { signal } from "@preact/signals";

/** What a variant of a service was asked in one second. */
export interface Flow {
  service: string;
  variant: string;
  requests: number;
  errors: number;
  client_errors: number;
  mean_seconds: number;
  connections: number;
}

export interface Traffic {
  at: string;
  seconds: number;
  services: Flow[];
  total?: Omit<Flow, "service" | "variant">;
}

/** How many seconds are kept for the charts. */
const kept = 300;

/** The last seconds, oldest first. */
export const traffic = signal<Traffic[]>([]);

export function take(one: Traffic): void {
  traffic.value = [...traffic.value.slice(1 - kept), one];
}

const none: Flow = { service: "", variant: "", requests: 0, errors: 0, client_errors: 0, mean_seconds: 0, connections: 0 };

/** The flow of a service and variant in one second. */
export function flowOf(second: Traffic, service: string, variant: string): Flow {
  return second.services.find((f) => f.service === service && f.variant === variant) ?? none;
}

/** Units a second of a service by variant, over the last seconds that there are. */
export function rates(service: string, seconds = 60): Map<string, number> {
  const window = traffic.value.slice(-seconds);
  const length = window.reduce((sum, s) => sum + s.seconds, 0) || 1;
  const sums = new Map<string, number>();
  for (const second of window) {
    for (const f of second.services) {
      if (f.service === service) {
        sums.set(f.variant, (sums.get(f.variant) ?? 0) + (f.requests + f.connections) / length);
      }
    }
  }
  return sums;
}

/** The share of a variant in what a service was asked; undefined without traffic. */
export function observed(service: string, variant: string): number | undefined {
  const all = rates(service);
  const sum = [...all.values()].reduce((a, b) => a + b, 0);
  return sum > 0 ? (all.get(variant) ?? 0) / sum : undefined;
}
