import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { PolicyState } from "../api/types";
import { t } from "../i18n";
import { DeletePolicy } from "../parts/DeletePolicy";
import { Loaded } from "../parts/Failure";
import { policies } from "../parts/Marked";
import { PolicyPlan } from "../parts/PolicyPlan";
import { rolloutLink } from "../parts/RolloutCard";
import { TextEditor } from "../parts/TextEditor";
import { go } from "../router";
import { mayWritePolicy, whyNoWrites } from "../state/me";
import { resource, useReload } from "../state/resource";
import type { PageProps } from ".";

const at = (name: string) => `policies/${encodeURIComponent(name)}`;

/** A policy, or a new one where none is named. */
export function Policy({ args: [name] }: PageProps) {
  return name ? <Existing name={name} /> : <New />;
}

function Existing({ name }: { name: string }) {
  const state = useMemo(() => resource(() => api.get<PolicyState>(at(name))), [name]);
  useReload(state);
  const scope = state.value.value?.scope;
  return (
    <>
      <div class="head">
        <h1>{name}</h1>
        {scope && <a href={rolloutLink(scope)}>{scope}</a>}
      </div>
      <Loaded from={state}>{(p) => <Shown policy={p} reload={state.reload} />}</Loaded>
    </>
  );
}

function Shown({ policy: p, reload }: { policy: PolicyState; reload: () => Promise<void> }) {
  const text = useSignal(p.text);
  const allowed = mayWritePolicy(p.scope);
  return (
    <>
      {[p.problem, p.stale].filter(Boolean).map((wrong) => (
        <p key={wrong} class="note bad">
          {wrong}
        </p>
      ))}
      {p.file && <p class="note">{t("policy_in_file", { file: p.file })}</p>}
      {!p.file && !allowed && <p class="quiet">{whyNoWrites()}</p>}
      <TextEditor
        label={t("policy")}
        words={policies}
        kept={p}
        fixed={!!p.file || !allowed}
        write={(next, index) => api.put(at(p.name), { text: next, index })}
        reload={reload}
        onInput={(next) => (text.value = next)}
      />
      <PolicyPlan text={text.value} />
      {!!p.effective && (
        <details class="card">
          <summary>{t("effective")}</summary>
          <pre class="sheet" tabIndex={0}>
            {JSON.stringify(p.effective, null, 2)}
          </pre>
        </details>
      )}
      {!p.file && allowed && <DeletePolicy path={`${at(p.name)}?index=${p.index}`} name={p.name} />}
    </>
  );
}

function New() {
  const name = useSignal("");
  const text = useSignal("");
  const show = async () => go("policy", name.value);
  return (
    <>
      <h1>{t("new_policy")}</h1>
      <p class="quiet">{t("policy_hint")}</p>
      <label class="field">
        <span>{t("name")}</span>
        <input value={name.value} maxLength={128} required form="policy" onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <TextEditor id="policy" label={t("policy")} words={policies} kept={{ text: "", index: 0 }} fixed={!mayWritePolicy()} write={(next) => api.put(at(name.value), { text: next, index: 0 })} reload={show} onInput={(next) => (text.value = next)} />
      <PolicyPlan text={text.value} />
    </>
  );
}
