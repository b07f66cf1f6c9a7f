/** Lets do_ run at most once in so many milliseconds: at once, and later with what was asked last meanwhile. */
export function paced<T>(ms: number, do_: (value: T) => void): (value: T) => void {
  let next: { value: T } | undefined;
  let resting = false;
  const run = () => {
    resting = next !== undefined;
    if (next) {
      const { value } = next;
      next = undefined;
      setTimeout(run, ms);
      do_(value);
    }
  };
  return (value) => {
    next = { value };
    if (!resting) {
      run();
    }
  };
}
