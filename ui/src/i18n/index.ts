import { effect, signal } from "@preact/signals";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh-CN";
export type Key = keyof typeof en;

const texts: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
const kept = "weir.language";

function first(): Language {
  const chosen = localStorage.getItem(kept) ?? navigator.language;
  return chosen.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

/** The language of everything that is shown. */
export const language = signal<Language>(first());

effect(() => {
  document.documentElement.lang = language.value;
});

export function choose(next: Language): void {
  localStorage.setItem(kept, next);
  language.value = next;
}

/** The text of a key, with {names} filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(texts[language.value][key], values);
}

/** A text with {names} filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
