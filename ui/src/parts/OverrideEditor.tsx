import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ApiError, api } from "../api/client";
import type { OverrideText } from "../api/types";
import { t } from "../i18n";
import { may } from "../state/me";
import { resource } from "../state/resource";
import { say } from "../state/toast";
import { Loaded } from "./Failure";
import { Marked } from "./Marked";
import { Reason } from "./Reason";

/** A text in the route command language, with marks for what its words are. */
export function OverrideEditor({ path }: { path: string }) {
  const at = `override?path=${encodeURIComponent(path)}`;
  const kept = useMemo(() => resource(() => api.get<OverrideText>(at)), [at]);
  const draft = useSignal<string | undefined>(undefined);
  const reason = useSignal("");
  const wrong = useSignal("");
  const theirs = useSignal<OverrideText | undefined>(undefined);
  useEffect(() => void kept.reload(), [kept]);
  const leave = () => {
    draft.value = theirs.value = undefined;
    wrong.value = "";
    void kept.reload();
  };
  const save = async (index: number) => {
    try {
      await api.put(at, { text: draft.value, index, reason: reason.value });
      wrong.value = reason.value = "";
      theirs.value = undefined;
      say(t("done"));
      await kept.reload();
      draft.value = undefined;
    } catch (cause) {
      theirs.value = cause instanceof ApiError && cause.status === 409 ? (cause.problem.current as OverrideText) : undefined;
      wrong.value = theirs.value ? "" : (cause as Error).message;
    }
  };
  return (
    <Loaded from={kept}>
      {(k) => (
        <form class="card" onSubmit={(e) => (e.preventDefault(), void save(k.index))}>
          <Marked label={t("overrides")} value={draft.value ?? k.text} readOnly={!may("operator")} onInput={(text) => (draft.value = text)} />
          {wrong.value && (
            <pre class="note bad" role="alert">
              {wrong.value}
            </pre>
          )}
          {theirs.value && <Theirs text={theirs.value.text} onTake={leave} onOver={() => void save(theirs.value!.index)} />}
          {may("operator") && <Reason value={reason.value} onInput={(text) => (reason.value = text)} />}
          <div class="row">
            <button class="primary" type="submit" disabled={draft.value === undefined || draft.value === k.text || !may("operator")}>
              {t("save")}
            </button>
            <button type="button" disabled={draft.value === undefined} onClick={leave}>
              {t("reset")}
            </button>
          </div>
        </form>
      )}
    </Loaded>
  );
}

/** What somebody else has written meanwhile, and what to do about it. */
function Theirs({ text, onTake, onOver }: { text: string; onTake: () => void; onOver: () => void }) {
  return (
    <div class="note warn" role="alert">
      <p>{t("changed_meanwhile")}</p>
      <pre>{text}</pre>
      <div class="row">
        <button type="button" onClick={onTake}>
          {t("take_theirs")}
        </button>
        <button class="danger" type="button" onClick={onOver}>
          {t("write_over")}
        </button>
      </div>
    </div>
  );
}
