import { useSignal } from "@preact/signals";
import { api, scopePath } from "../api/client";
import type { Weights, WeightsState } from "../api/types";
import { percent } from "../format/share";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { may } from "../state/me";
import { say } from "../state/toast";
import { current } from "../state/variants";
import { Dialog } from "./Dialog";
import { Reason } from "./Reason";

interface Props {
  service: string;
  variants: string[];
  weights: WeightsState;
  reload: () => Promise<void>;
}

type Doing = { kind: "cutover"; variant: string } | { kind: "clear" } | { kind: "undo"; to: Weights };

/** All at once, and back. */
export function CutoverPanel({ service, variants, weights, reload }: Props) {
  const doing = useSignal<Doing | undefined>(undefined);
  const previous = useSignal<Weights | undefined>(undefined);
  const now = current(weights);
  const allowed = may("operator", service);
  const act = async (what: Doing, reason: string) => {
    doing.value = undefined;
    try {
      const written = await carryOut(service, what, reason);
      previous.value = written.previous;
      say(t("done"));
      await reload();
    } catch (cause) {
      say(said(cause as Error), true);
    }
  };
  return (
    <>
      <p class="quiet">{t("cutover_hint")}</p>
      <div class="row">
        {variants.map((v) => (
          <button key={v} type="button" disabled={!allowed || now.get(v) === 1} onClick={() => (doing.value = { kind: "cutover", variant: v })}>
            {t("cut_over_to", { variant: v })} <span class="quiet">{percent(now.get(v) ?? 0)}</span>
          </button>
        ))}
      </div>
      <div class="row">
        <button type="button" disabled={!allowed || !previous.value} onClick={() => (doing.value = { kind: "undo", to: previous.value! })}>
          {t("undo")}
        </button>
        <button type="button" disabled={!allowed || weights.index === 0} onClick={() => (doing.value = { kind: "clear" })}>
          {t("let_tags_decide")}
        </button>
      </div>
      {doing.value && <Confirm doing={doing.value} onAct={act} onClose={() => (doing.value = undefined)} />}
    </>
  );
}

function carryOut(service: string, what: Doing, reason: string): Promise<{ previous: Weights }> {
  const path = `weights/${scopePath("service", service)}`;
  switch (what.kind) {
    case "cutover":
      return api.post("cutover", { scope: `service/${service}`, variant: what.variant, reason });
    case "clear":
      return api.delete(path);
    case "undo":
      return what.to.index === 0 ? api.delete(path) : api.put(path, { shares: what.to.shares, reason: reason || t("undo") });
  }
}

function Confirm({ doing, onAct, onClose }: { doing: Doing; onAct: (d: Doing, reason: string) => Promise<void>; onClose: () => void }) {
  const reason = useSignal("");
  const words = doing.kind === "cutover" ? t("cut_over_to", { variant: doing.variant }) : doing.kind === "undo" ? t("undo") : t("let_tags_decide");
  return (
    <Dialog title={words} confirm={words} danger={doing.kind === "cutover"} onConfirm={() => void onAct(doing, reason.value)} onClose={onClose}>
      {doing.kind === "cutover" && <p>{t("cutover_means", { variant: doing.variant })}</p>}
      <Reason value={reason.value} onInput={(text) => (reason.value = text)} />
    </Dialog>
  );
}
