import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

/** Where we are: "#/rollout/service/web" is page "rollout" with two arguments. */
export const place = computed(() => {
  const [path = ""] = hash.value.replace(/^#\/?/, "").split("?");
  const [page = "", ...rest] = path.split("/");
  return { page: page || "overview", args: rest.map(decodeURIComponent) };
});

/** Leads to a page. */
export function go(page: string, ...args: string[]): void {
  location.hash = link(page, ...args);
}

/** The address of a page. */
export function link(page: string, ...args: string[]): string {
  return `#/${[page, ...args.map(encodeURIComponent)].join("/")}`;
}
