import type { Change } from "../api/types";

/** What became other, in a line: of a rollout what moved, of a write what it says now. */
export function changesOf(c: Change): string {
  if (c.changes?.length) {
    return c.changes.map((x) => [x.kind, x.from && `${x.from} →`, x.to].filter(Boolean).join(" ")).join("; ");
  }
  return [inWords(c.before), inWords(c.after)].filter(Boolean).join(" → ");
}

/** Shares as "v2 25%, v1 75%"; whatever else as JSON, in short. */
function inWords(state: unknown): string {
  if (state === undefined || state === null) {
    return "";
  }
  const shares = (state as { shares?: Record<string, string> }).shares;
  if (shares) {
    return Object.entries(shares).map(([variant, share]) => `${variant} ${share}`).join(", ");
  }
  const text = typeof state === "string" ? state : JSON.stringify(state);
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}

const longest = 160;
