import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { api } from "../api/client";
import type { Rollout } from "../api/types";
import { parsePercent } from "../format/share";
import { type Key, t } from "../i18n";
import { said, sentence } from "../i18n/codes";
import { say } from "../state/toast";
import { Dialog } from "./Dialog";
import { HoldsFor } from "./HoldsFor";
import { Reason } from "./Reason";
import type { Verb } from "./Verbs";

type Body = Record<string, unknown>;

interface Props {
  verb: Verb;
  path: string;
  rollout: Rollout;
  reload: () => Promise<void>;
  onClose: () => void;
}

/** Asks what a command needs, and gives it. */
export function AskVerb({ verb, path, rollout: r, reload, onClose }: Props) {
  const reason = useSignal("");
  const body = useSignal<Body>(first(verb, r));
  const act = async () => {
    onClose();
    try {
      await api.post(`${path}/${verb.name}`, { ...verb.body, ...body.value, reason: reason.value, generation: r.generation });
      say(t("done"));
    } catch (cause) {
      say(said(cause as Error), true);
    }
    await reload();
  };
  const wrong = "weight" in body.value && !(parsePercent(String(body.value.weight)) <= 1);
  return (
    <Dialog title={`${t(verb.key)}: ${r.scope}`} confirm={t(verb.key)} danger={verb.danger ?? false} disabled={wrong} onConfirm={() => void act()} onClose={onClose}>
      <p>{t(`means_${verb.key}` as Key)}</p>
      <Fields verb={verb} rollout={r} body={body.value} onChange={(next) => (body.value = next)} />
      <Reason value={reason.value} onInput={(text) => (reason.value = text)} />
    </Dialog>
  );
}

/** What a command says unless somebody says otherwise. */
function first(verb: Verb, r: Rollout): Body {
  switch (verb.name) {
    case "set-weight":
      return { weight: r.weight, for: "1h" };
    case "step":
      return { to: Math.max(1, (r.step ?? 1) - 1) };
    default:
      return {};
  }
}

interface FieldProps {
  verb: Verb;
  rollout: Rollout;
  body: Body;
  onChange: (body: Body) => void;
}

function Fields({ verb, rollout: r, body, onChange }: FieldProps): JSX.Element | null {
  switch (verb.name) {
    case "set-weight":
      return (
        <>
          <label class="field">
            <span>{t("weight")}</span>
            <input inputMode="decimal" value={String(body.weight)} onInput={(e) => onChange({ ...body, weight: e.currentTarget.value.trim().replace(/%?$/, "%") })} />
          </label>
          <HoldsFor value={String(body.for)} onInput={(time) => onChange({ ...body, for: time })} />
        </>
      );
    case "step":
      return <Choice label={t("step")} value={String(body.to)} options={(r.plan ?? []).map((s) => [String(s.number), `${s.number}: ${sentence(s.does)}`])} onInput={(n) => onChange({ to: Number(n) })} />;
    case "undo":
      return (
        <Choice
          label={t("version")}
          value={String(body.to_revision ?? "")}
          options={[["", t("the_one_before")], ...(r.before ?? []).filter((v) => v.revision).map((v): [string, string] => [String(v.revision), `${v.key} (#${v.revision})`])]}
          onInput={(n) => onChange(n ? { to_revision: Number(n) } : {})}
        />
      );
    case "release":
      return (
        <label>
          <input type="checkbox" checked={!!body.here} onChange={(e) => onChange({ here: e.currentTarget.checked })} /> {t("release_here")}
        </label>
      );
    default:
      return null;
  }
}

function Choice({ label, value, options, onInput }: { label: string; value: string; options: [string, string][]; onInput: (value: string) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(e) => onInput(e.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
