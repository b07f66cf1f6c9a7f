import type { ProblemDetails } from "./types";

/** What a session needs to write; set by who logs in. */
export const session = { csrf: "" };

/** An answer that is not a success. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly problem: ProblemDetails) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
  }
}

/** What somebody else has made of it, where that is why a write was refused. */
export function changedTo<T>(error: unknown): T | undefined {
  return error instanceof ApiError && error.problem.code === "changed" ? (error.problem.current as T) : undefined;
}

/** The root of the admin API, below whatever ui.path is. */
export const root = new URL("./api/v1/", document.baseURI);

/** Names a scope in a path: slashes of route keys are part of the name. */
export const scopePath = (kind: string, name: string): string => `${kind}/${encodeURIComponent(name)}`;

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json" } };
  if (method !== "GET" && session.csrf) {
    init.headers = { ...init.headers, "X-Weir-Csrf": session.csrf };
  }
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  const response = await fetch(new URL(`./${path}`, root), init);
  const text = await response.text();
  const value = parse(text);
  if (!response.ok) {
    throw new ApiError(response.status, (value as ProblemDetails) ?? { detail: text });
  }
  return value as T;
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const api = {
  get: <T>(path: string) => call<T>("GET", path),
  post: <T>(path: string, body: unknown) => call<T>("POST", path, body),
  put: <T>(path: string, body: unknown) => call<T>("PUT", path, body),
  delete: <T>(path: string) => call<T>("DELETE", path),
};
