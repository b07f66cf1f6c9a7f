import { computed } from "@preact/signals";
import { language } from "../i18n";

// Making a format costs more than using it a hundred times.
const counts = computed(() => new Intl.NumberFormat(language.value));
const rates = computed(() => [0, 1, 2].map((digits) => new Intl.NumberFormat(language.value, { maximumFractionDigits: digits })));

/** A count with the separators of the language. */
export function count(n: number): string {
  return counts.value.format(n);
}

/** A rate per second, with as many digits as it deserves. */
export function rate(perSecond: number): string {
  const digits = perSecond >= 100 ? 0 : perSecond >= 1 ? 1 : 2;
  return rates.value[digits]!.format(perSecond);
}
