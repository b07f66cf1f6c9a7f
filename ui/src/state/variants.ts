import type { WeightsState } from "../api/types";

/** The variants of a service's routes, candidates first and stable last. */
export function variantsOf(w: WeightsState): string[] {
  const names = new Set([...w.routes.flatMap((r) => r.variants.map((v) => v.name)), ...Object.keys(w.shares)]);
  return [...names].sort((a, b) => rank(a, w) - rank(b, w));
}

/** Variants with many siblings come late: of those the tags give most, the trusted one is last. */
function rank(name: string, w: WeightsState): number {
  return name === "stable" ? 2 : Math.max(0, ...w.routes.map((r) => (r.variants.at(-1)?.name === name && r.variants.length > 1 ? 1 : 0)));
}

/** What each variant gets now, of the route that has the most of them. */
export function current(w: WeightsState): Map<string, number> {
  const widest = [...w.routes].sort((a, b) => b.variants.length - a.variants.length)[0];
  return new Map(widest?.variants.map((v) => [v.name, v.share]) ?? []);
}
