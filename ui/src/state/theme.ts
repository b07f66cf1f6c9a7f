import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const kept = "weir.theme";
const order: Theme[] = ["system", "light", "dark"];

export const theme = signal<Theme>((localStorage.getItem(kept) as Theme | null) ?? "system");

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem(kept, theme.value);
});

export function nextTheme(): void {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length]!;
}
