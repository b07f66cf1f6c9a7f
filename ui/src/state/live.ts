import { batch, signal } from "@preact/signals";
import { api, root } from "../api/client";
import type { Problem, RolloutSummary, Status, Traffic } from "../api/types";
import { whoAmI } from "./me";
import { paced } from "./pace";
import { resource } from "./resource";
import { take } from "./traffic";

/** What the event stream keeps current. */
export const status = resource(() => api.get<Status>("status"));
export const rollouts = signal<Map<string, RolloutSummary>>(new Map());
export const problems = signal<{ total: number; problems: Problem[] }>({ total: 0, problems: [] });

/** Grows with each table, so that pages read their rows again. */
export const generation = signal(0);
export const connected = signal(false);

async function readAll(): Promise<void> {
  const [all, wrong] = await Promise.all([
    api.get<{ rollouts: RolloutSummary[] }>("rollouts").catch(() => ({ rollouts: [] })),
    api.get<{ problems: Problem[] }>("problems"),
    status.reload(),
  ]);
  batch(() => {
    rollouts.value = new Map(all.rollouts.map((r) => [r.scope, r]));
    problems.value = { total: wrong.problems.length, problems: wrong.problems };
    generation.value = status.value.value?.table.generation ?? generation.value;
  });
}

function changed(data: { rollouts: RolloutSummary[]; gone: string[] }): void {
  const next = new Map(rollouts.value);
  data.gone?.forEach((scope) => next.delete(scope));
  data.rollouts.forEach((r) => next.set(r.scope, r));
  rollouts.value = next;
}

/** How often rows are read again at most, in milliseconds: tables come faster than people read. */
const pace = 1000;

/** How long until a stream that was refused is asked for again, in milliseconds. */
const pause = 5000;

/** Follows the event stream until the function that it returns is called. */
export function follow(): () => void {
  let stopped = false;
  let source: EventSource | undefined;
  let timer: number | undefined;
  const open = () => {
    if (stopped) {
      return;
    }
    source = listen();
    source.addEventListener("error", () => {
      connected.value = false;
      if (source?.readyState === EventSource.CLOSED) {
        // A browser asks again by itself only where there was no answer. Who has to log in again is told so.
        timer = window.setTimeout(() => void whoAmI().catch(() => undefined).then(open), pause);
      }
    });
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
}

function listen(): EventSource {
  const source = new EventSource(new URL("events", root), { withCredentials: true });
  const on = <T>(name: string, do_: (data: T) => void) =>
    source.addEventListener(name, (event) => do_(JSON.parse((event as MessageEvent<string>).data) as T));
  on<{ resumed: boolean }>("hello", (hello) => {
    connected.value = true;
    if (!hello.resumed) {
      void readAll();
    }
  });
  const next = paced(pace, (table: number) => {
    generation.value = table;
    void status.reload();
  });
  on<{ generation: number }>("table", (table) => next(table.generation));
  on<{ rollouts: RolloutSummary[]; gone: string[] }>("rollouts", changed);
  on<{ total: number; problems: Problem[] }>("problems", (list) => (problems.value = list));
  on<Traffic>("traffic", take);
  return source;
}
