import type { Change } from "../api/types";

/** What became other, in a line: of a rollout what moved, of a write what it says now. */
export function changesOf(c: Change): string {
  if (c.changes?.length) {
    return c.changes.map((x) => [x.kind, x.from && `${x.from} →`, x.to].filter(Boolean).join(" ")).join("; ");
  }
  return [inWords(c.before), inWords(c.after)].filter(Boolean).join(" → ");
}

/** Shares as "v2 25%, v1 75%", texts as they are; whatever else as JSON. All in short. */
function inWords(state: unknown): string {
  if (state === undefined || state === null) {
    return "";
  }
  const { shares, text } = state as { shares?: Record<string, string>; text?: string };
  if (shares) {
    return Object.entries(shares).map(([variant, share]) => `${variant} ${share}`).join(", ");
  }
  const words = text ?? JSON.stringify(state);
  return words.length > longest ? `${words.slice(0, longest)} …` : words;
}

const longest = 160;
