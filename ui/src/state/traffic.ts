import { computed, signal } from "@preact/signals";
import type { Flow, Traffic } from "../api/types";

/** How many seconds are kept for the charts. */
const kept = 300;

/** The last seconds, oldest first. */
export const traffic = signal<Traffic[]>([]);

export function take(one: Traffic): void {
  traffic.value = [...traffic.value.slice(1 - kept), one];
}

const nothing: Flow = { requests: 0, errors: 0, client_errors: 0, mean_seconds: 0, connections: 0 };

/** The flow of a service and variant in one second. */
export function flowOf(second: Traffic, service: string, variant: string): Flow {
  return second.services.find((f) => f.service === service && f.variant === variant) ?? nothing;
}

/** Units a second by service and variant, over the last minute. */
const lastMinute = computed(() => {
  const window = traffic.value.slice(-60);
  const length = window.reduce((sum, s) => sum + s.seconds, 0) || 1;
  const services = new Map<string, Map<string, number>>();
  for (const second of window) {
    for (const f of second.services) {
      const variants = services.get(f.service ?? "") ?? new Map<string, number>();
      services.set(f.service ?? "", variants);
      variants.set(f.variant ?? "", (variants.get(f.variant ?? "") ?? 0) + ((f.requests + f.connections) * second.seconds) / length);
    }
  }
  return services;
});

/** Units a second of a service by variant, over the last minute. */
export function rates(service: string): ReadonlyMap<string, number> {
  return lastMinute.value.get(service) ?? new Map();
}

/** The share of a variant in what a service was asked; undefined without traffic. */
export function observed(service: string, variant: string): number | undefined {
  const all = rates(service);
  const sum = [...all.values()].reduce((a, b) => a + b, 0);
  return sum > 0 ? (all.get(variant) ?? 0) / sum : undefined;
}
