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
  useEffect(() => void kept.reload(), [kept]);
  const save = async (index: number) => {
    try {
      await api.put(at, { text: draft.value, index, reason: reason.value });
      wrong.value = reason.value = "";
      say(t("done"));
      await kept.reload();
      draft.value = undefined;
    } catch (cause) {
      const conflict = cause instanceof ApiError && [409, 412].includes(cause.status);
      wrong.value = (conflict ? `${t("changed_meanwhile")} ` : "") + (cause as Error).message;
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
          {may("operator") && <Reason value={reason.value} onInput={(text) => (reason.value = text)} />}
          <div class="row">
            <button class="primary" type="submit" disabled={draft.value === undefined || draft.value === k.text || !may("operator")}>
              {t("save")}
            </button>
            <button type="button" disabled={draft.value === undefined} onClick={() => ((draft.value = undefined), void kept.reload())}>
              {t("reset")}
            </button>
          </div>
        </form>
      )}
    </Loaded>
  );
}
