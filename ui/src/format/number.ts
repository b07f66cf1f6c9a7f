import { language } from "../i18n";

/** A count with the separators of the language. */
export function count(n: number): string {
  return new Intl.NumberFormat(language.value).format(n);
}

/** A rate per second, with as many digits as it deserves. */
export function rate(perSecond: number): string {
  const digits = perSecond >= 100 ? 0 : perSecond >= 1 ? 1 : 2;
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(perSecond);
}
