import { useSignal } from "@preact/signals";
import { api } from "../api/client";
import type { Rollout } from "../api/types";
import { type Key, t } from "../i18n";
import { may, me } from "../state/me";
import { say } from "../state/toast";
import { Dialog } from "./Dialog";
import { Reason } from "./Reason";

interface Props {
  path: string;
  rollout: Rollout;
  reload: () => Promise<void>;
}

interface Verb {
  name: string; // of the command
  key: Key;
  body?: Record<string, unknown>;
  danger?: boolean;
}

const verbs: Verb[] = [
  { name: "promote", key: "promote" },
  { name: "promote", key: "promote_full", body: { full: true }, danger: true },
  { name: "pause", key: "pause" },
  { name: "resume", key: "resume" },
  { name: "abort", key: "abort", danger: true },
  { name: "retry", key: "retry" },
  { name: "undo", key: "undo", danger: true },
];

/** The commands of a rollout. One that has no effect now says why. */
export function Verbs({ path, rollout: r, reload }: Props) {
  const asked = useSignal<Verb | undefined>(undefined);
  const allowed = may("operator", r.scope.split("/")[1]);
  const why = (v: Verb): string => {
    if (!allowed) {
      return me.value?.why_no_writes || t("may_not_write");
    }
    return r.next.includes(v.body?.full ? `${v.name} --full` : v.name) ? "" : t(`why_not_${v.name}` as Key);
  };
  const closed = [...new Map(verbs.map((v) => [t(v.key), why(v)])).entries()].filter(([, reason]) => reason);
  return (
    <>
      <div class="row" role="group" aria-label={t("commands")}>
        {verbs.map((v) => (
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
      {asked.value && <Ask verb={asked.value} path={path} rollout={r} reload={reload} onClose={() => (asked.value = undefined)} />}
    </>
  );
}

function Ask({ verb, path, rollout: r, reload, onClose }: Props & { verb: Verb; onClose: () => void }) {
  const reason = useSignal("");
  const act = async () => {
    onClose();
    try {
      await api.post(`${path}/${verb.name}`, { ...verb.body, reason: reason.value, generation: r.generation });
      say(t("done"));
    } catch (cause) {
      say((cause as Error).message, true);
    }
    await reload();
  };
  return (
    <Dialog title={`${t(verb.key)}: ${r.scope}`} confirm={t(verb.key)} danger={verb.danger ?? false} onConfirm={() => void act()} onClose={onClose}>
      <p>{t(`means_${verb.key}` as Key)}</p>
      <Reason value={reason.value} onInput={(text) => (reason.value = text)} />
    </Dialog>
  );
}
