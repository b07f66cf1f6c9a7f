import { useSignal } from "@preact/signals";
import { api, changedTo, scopePath } from "../api/client";
import type { Conflict, WeightsState } from "../api/types";
import { percent, toApi } from "../format/share";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { say } from "../state/toast";
import { Dialog } from "./Dialog";
import { HoldsFor } from "./HoldsFor";
import { Reason } from "./Reason";
import { Time } from "./Time";
import { describe } from "./WeightEditor";

interface Props {
  service: string;
  before: Map<string, number>;
  after: Map<string, number>;
  index: number;
  onSettled: () => void; // written, or given up for what somebody else wrote
  onClose: () => void;
}

/** Shows what will change, and what somebody else has changed meanwhile. */
export function ConfirmWeights({ service, before, after, index, onSettled, onClose }: Props) {
  const reason = useSignal("");
  const lasts = useSignal("");
  const conflict = useSignal<Conflict["current"] | undefined>(undefined);
  const write = async () => {
    const shares = Object.fromEntries([...after].map(([v, s]) => [v, toApi(s)]));
    const at = conflict.value?.index ?? index;
    try {
      await api.put<WeightsState>(`weights/${scopePath("service", service)}`, { shares, reason: reason.value, index: at, ...(lasts.value && { for: lasts.value }) });
      say(t("weights_set", { service, shares: describe(after) }));
      onSettled();
    } catch (cause) {
      conflict.value = changedTo<Conflict["current"]>(cause);
      if (!conflict.value) {
        say(said(cause as Error), true);
      }
    }
  };
  return (
    <Dialog title={t("change_weights", { service })} confirm={conflict.value ? t("write_over") : t("set_weights")} danger={!!conflict.value} onConfirm={() => void write()} onClose={onClose}>
      {conflict.value && <TheirWeights theirs={conflict.value} onTake={onSettled} />}
      <Diff before={before} after={after} />
      <HoldsFor value={lasts.value} endless onInput={(time) => (lasts.value = time)} />
      <Reason value={reason.value} onInput={(text) => (reason.value = text)} />
    </Dialog>
  );
}

function Diff({ before, after }: { before: Map<string, number>; after: Map<string, number> }) {
  return (
    <ul>
      {[...after].map(([variant, share]) => {
        const was = before.get(variant) ?? 0;
        return (
          <li key={variant} class="number">
            {variant}: {toApi(was) === toApi(share) ? t("stays", { share: percent(share) }) : <strong>{`${percent(was)} → ${percent(share)}`}</strong>}
          </li>
        );
      })}
    </ul>
  );
}

function TheirWeights({ theirs, onTake }: { theirs: Conflict["current"]; onTake: () => void }) {
  const shares = Object.entries(theirs.shares).map(([v, s]) => `${v} ${s}`).join(", ");
  return (
    <div class="note warn" role="alert">
      <p>
        {t("conflict", { who: theirs.by || t("somebody"), shares: shares || t("tags_decide") })} <Time at={theirs.at} />
        {theirs.reason && <>: {theirs.reason}</>}
      </p>
      <button type="button" onClick={onTake}>
        {t("take_theirs")}
      </button>
    </div>
  );
}
