import { useSignal } from "@preact/signals";
import type { Rollout } from "../api/types";
import { type Key, t } from "../i18n";
import { may, whyNoWrites } from "../state/me";
import { AskVerb } from "./AskVerb";

export interface Verb {
  name: string; // of the command
  key: Key;
  words: string; // among the next commands of a rollout where it has an effect
  body?: Record<string, unknown>;
  danger?: boolean;
}

const verbs: Verb[] = [
  { name: "promote", key: "promote", words: "promote" },
  { name: "promote", key: "promote_full", words: "promote --full", body: { full: true }, danger: true },
  { name: "pause", key: "pause", words: "pause" },
  { name: "resume", key: "resume", words: "resume" },
  { name: "step", key: "to_step", words: "step --to" },
  { name: "set-weight", key: "set_weight", words: "set-weight" },
  { name: "release", key: "release", words: "release" },
  { name: "abort", key: "abort", words: "abort", danger: true },
  { name: "retry", key: "retry", words: "retry" },
  { name: "undo", key: "undo", words: "undo", danger: true },
];

const restore: Verb = { name: "restore", key: "restore", words: "restore" };
const emergency: Verb = { name: "emergency", key: "emergency_stop", words: "emergency", danger: true };

/** The commands of a rollout; those for bad days only on such days. */
function verbsOf(r: Rollout): Verb[] {
  const rare = [...(r.problem ? [restore] : []), ...(r.stale && r.candidate && !r.emergency ? [emergency] : [])];
  return [...verbs, ...rare];
}

interface Props {
  path: string;
  rollout: Rollout;
  reload: () => Promise<void>;
}

/** The commands of a rollout. One that has no effect now says why. */
export function Verbs({ path, rollout: r, reload }: Props) {
  const asked = useSignal<Verb | undefined>(undefined);
  const allowed = may("operator", r.scope.split("/")[1]);
  const all = verbsOf(r);
  const why = (v: Verb): string => {
    if (!allowed) {
      return whyNoWrites();
    }
    return v === restore || v === emergency || r.next.includes(v.words) ? "" : t(`why_not_${v.key}` as Key);
  };
  const closed = all.map((v) => [t(v.key), why(v)] as const).filter(([, reason]) => reason);
  return (
    <>
      <div class="row" role="group" aria-label={t("commands")}>
        {all.map((v) => (
          <button key={v.key} type="button" class={v.danger ? "danger" : ""} disabled={why(v) !== ""} title={why(v)} onClick={() => (asked.value = v)}>
            {t(v.key)}
          </button>
        ))}
      </div>
      {closed.length > 0 && (
        <details class="quiet">
          <summary>{t("why_disabled")}</summary>
          <ul>
            {closed.map(([name, reason]) => (
              <li key={name}>
                {name}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {asked.value && <AskVerb verb={asked.value} path={path} rollout={r} reload={reload} onClose={() => (asked.value = undefined)} />}
    </>
  );
}
