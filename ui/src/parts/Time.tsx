import { absolute, relative } from "../format/time";
import { now } from "../state/clock";

/** A moment as people say it, with the moment itself on hover and for screen readers. */
export function Time({ at }: { at?: string | undefined }) {
  if (!at) {
    return <span class="quiet">–</span>;
  }
  const moment = new Date(at);
  return (
    <time dateTime={at} title={absolute(moment)}>
      {relative(moment, now.value)}
    </time>
  );
}
