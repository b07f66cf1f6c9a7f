// Uses a client that was generated from the OpenAPI document of a weir, as a
// program would that knows nothing else. It is told the URL of that weir.
import { createClient } from "./api/client";
import * as weir from "./api/sdk.gen";
import type { Conflict, ErrorModel, RolloutConflict } from "./api/types.gen";

declare const process: { argv: string[]; exitCode: number; exit(): never };

const client = createClient({ baseUrl: process.argv[2] ?? "" });

/** Of an answer that succeeded. */
function data<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

function same(what: string, got: unknown, want: unknown): void {
  if (got !== want) throw new Error(`${what} is ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

/** Only a conflict has what is there now. */
function isConflict<C extends Conflict | RolloutConflict>(e: ErrorModel | C | undefined): e is C {
  return e !== undefined && e.code === "changed" && "current" in e;
}

async function routes(): Promise<void> {
  const list = data(await weir.listRoutes({ client, query: { service: "web", limit: 10 } }));
  same("the number of routes", list.total, 1);
  same("the variants", list.routes[0]?.variants.map((v) => v.name).join(), "canary,stable");
  const why = data(await weir.explainRoute({ client, query: { host: "web.test", path: "/x", header: ["Cookie: a=b", "X-Y: z"] } }));
  same("the route", why.route?.key, "web.test/");
}

/** Sets a weight, reads it back, and is too late with the next. */
async function weights(): Promise<void> {
  const path = { name: "web" };
  const read = await weir.getServiceWeights({ client, path });
  same("the index", data(read).index, 0);
  const tag = read.response?.headers.get("ETag") ?? "";
  const written = data(await weir.putServiceWeights({ client, path, headers: { "If-Match": tag }, body: { shares: { canary: "25%" }, by: "a program" } }));
  same("applied", written.applied, true);
  const now = data(await weir.getServiceWeights({ client, path }));
  same("the share that is asked", now.shares["canary"], "25%");
  same("the share that counts", now.routes[0]?.variants[0]?.share, 0.25);

  const late = await weir.putServiceWeights({ client, path, headers: { "If-Match": tag }, body: { shares: { canary: "50%" } } });
  same("the status", late.response?.status, 412);
  if (!isConflict(late.error)) throw new Error(`no conflict: ${JSON.stringify(late.error)}`);
  same("what is there", late.error.current.shares["canary"], "25%");
  same("given", late.error.params?.["given"], "0");
  const body = await weir.putServiceWeights({ client, path, body: { shares: { canary: "50%" }, index: 0 } });
  same("the status with an index in the body", body.response?.status, 409);
}

/** A route's key is one part of a path, whatever is in it. */
async function keys(): Promise<void> {
  const route = data(await weir.getRouteWeights({ client, path: { name: "web.test/" } }));
  same("the scope", route.scope, "route/web.test/");
  const unknown = await weir.getRouteWeights({ client, path: { name: "/a b/ü?#%2F" } });
  const code: ErrorModel["code"] | undefined = unknown.error?.code;
  same("the code", code, "unknown_scope");
  same("the scope that is unknown", unknown.error?.params?.["scope"], "route//a b/ü?#%2F");
}

/** The stream has types, too. */
async function events(): Promise<void> {
  const enough = new AbortController();
  const { stream } = await weir.events({ client, query: { only: "table" }, signal: enough.signal, sseMaxRetryAttempts: 1 });
  const first = await stream.next();
  enough.abort();
  same("hello", typeof (first.value as { version?: string } | undefined)?.version, "string");
}

async function main(): Promise<void> {
  await routes();
  await weights();
  await keys();
  await events();
  console.log("all is as it should be");
  process.exit(); // the client waits before it asks for events again
}

main().catch((e: unknown) => {
  console.error(e);
  process.exitCode = 1;
});
