import { signal } from "@preact/signals";

/** The time, to a few seconds: for what is shown as relative. */
export const now = signal(new Date());

setInterval(() => (now.value = new Date()), 5000);
