import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Something that is read from the API: its last value stays while it cannot be read. */
export interface Resource<T> {
  value: Signal<T | undefined>;
  error: Signal<Error | undefined>;
  reload: () => Promise<void>;
}

export function resource<T>(read: () => Promise<T>): Resource<T> {
  const value = signal<T | undefined>(undefined);
  const error = signal<Error | undefined>(undefined);
  let running: Promise<void> | undefined;
  let again = false;
  const once = async () => {
    try {
      value.value = await read();
      error.value = undefined;
    } catch (cause) {
      error.value = cause as Error;
    }
  };
  // Whoever asks while a read is under way gets one that begins after it.
  const reload = async () => {
    if (running) {
      again = true;
      return running;
    }
    do {
      again = false;
      running = once();
      await running;
    } while (again);
    running = undefined;
  };
  return { value, error, reload };
}

/** Reads r now, and again whenever one of the values is another. */
export function useReload(r: { reload: () => Promise<void> }, ...when: unknown[]): void {
  useEffect(() => void r.reload(), [r, ...when]);
}
