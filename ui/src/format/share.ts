/** A share of 0 to 1 as a percentage with at most two decimals: 0.125 is "12.5%". */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** Reads "12.5%" or "12.5"; NaN where it is neither. */
export function parsePercent(text: string): number {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*%?\s*$/.exec(text);
  return match ? Number(match[1]!.replace(",", ".")) / 100 : Number.NaN;
}

/** A percentage as the API takes it, in hundredths of a percent at the finest. */
export function toApi(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
