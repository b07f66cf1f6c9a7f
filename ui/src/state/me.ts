import { signal } from "@preact/signals";
import { api, session } from "../api/client";
import type { Me } from "../api/types";
import { language, t } from "../i18n";

/** Who we are, and what we may do. */
export const me = signal<Me | undefined>(undefined);

export async function whoAmI(): Promise<void> {
  know(await api.get<Me>("me"));
}

function know(who: Me): void {
  session.csrf = who.csrf ?? "";
  me.value = who;
}

export async function logIn(credentials: { name: string; password: string } | { token: string }): Promise<void> {
  know(await api.post<Me>("login", credentials));
}

export async function logOut(): Promise<void> {
  await api.post("logout", {});
  await whoAmI();
}

const level: Record<string, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether we may act as role, on a service where one is named. */
export function may(role: "operator" | "admin", service?: string): boolean {
  const who = me.value;
  if (!who?.writes) {
    return false;
  }
  return who.grants.some((g) => level[g.role]! >= level[role]! && (!g.services || (service !== undefined && g.services.some((p) => fits(p, service)))));
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** Why we may not change something. */
export const whyNoWrites = (): string => (language.value === "en" && me.value?.why_no_writes) || t("may_not_write");

/** Whether we may write a policy of a scope. Of a route whoever may of some service: weir looks closer. */
export function mayWritePolicy(scope = ""): boolean {
  const [kind, name] = [scope.slice(0, scope.indexOf("/")), scope.slice(scope.indexOf("/") + 1)];
  if (kind === "service") {
    return may("admin", name);
  }
  return !!me.value?.writes && me.value.grants.some((g) => g.role === "admin");
}
