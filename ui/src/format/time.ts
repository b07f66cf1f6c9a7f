import { computed } from "@preact/signals";
import { language } from "../i18n";

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

const relatives = computed(() => new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }));
const absolutes = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "long" }));
const clocks = computed(() => new Intl.DateTimeFormat(language.value, { timeStyle: "medium", hourCycle: "h23" }));

/** "3 minutes ago", or "in 2 hours" for what is to come. */
export function relative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (["second", 1] as const);
  return relatives.value.format(Math.trunc(seconds / size), unit);
}

/** The moment itself, for whoever points at it. */
export function absolute(at: Date): string {
  return absolutes.value.format(at);
}

/** The time of day of a moment in seconds since 1970, for the axis of a chart. */
export function clock(seconds: number): string {
  return clocks.value.format(seconds * 1000);
}

/** How long something lasts: "1h 5m", "42s". */
export function lasting(seconds: number): string {
  if (seconds < 1) {
    return "0s";
  }
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [Math.floor(seconds) % 60, "s"],
  ] as const;
  const from = parts.findIndex(([n]) => n > 0);
  return parts.slice(from, from + 2).filter(([n]) => n > 0).map(([n, unit]) => `${n}${unit}`).join(" ");
}
