import { signal } from "@preact/signals";

/** What was done or went wrong last, for people and screen readers. */
export const toast = signal<{ text: string; bad: boolean } | undefined>(undefined);

let timer: number | undefined;

export function say(text: string, bad = false): void {
  clearTimeout(timer);
  toast.value = { text, bad };
  if (!bad) {
    timer = window.setTimeout(() => (toast.value = undefined), 6000);
  }
}
