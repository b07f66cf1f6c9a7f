import { signal } from "@preact/signals";
import { ApiError, api, session } from "../api/client";

/** Who we are, and what we may do. */
export interface Me {
  name?: string;
  via?: string;
  grants?: { role: string; services?: string[] }[];
  csrf?: string;
  writes: boolean;
  why_no_writes?: string;
  login: { required: boolean; password: boolean; oidc: boolean };
}

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

/** Reports whether an error says that we have to log in. */
export const isLoginNeeded = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

const level: Record<string, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether we may act as role, on a service where one is named. */
export function may(role: "operator" | "admin", service?: string): boolean {
  const who = me.value;
  if (!who?.writes) {
    return false;
  }
  if (!who.grants) {
    return true;
  }
  return who.grants.some((g) => level[g.role]! >= level[role]! && (!g.services || (service !== undefined && g.services.some((p) => fits(p, service)))));
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}
