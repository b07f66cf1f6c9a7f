import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { OverrideText } from "../api/types";
import { t } from "../i18n";
import { may } from "../state/me";
import { resource, useReload } from "../state/resource";
import { Loaded } from "./Failure";
import { commands } from "./Marked";
import { TextEditor } from "./TextEditor";

/** A text in the route command language. */
export function OverrideEditor({ path }: { path: string }) {
  const at = `override?path=${encodeURIComponent(path)}`;
  const kept = useMemo(() => resource(() => api.get<OverrideText>(at)), [at]);
  useReload(kept);
  return (
    <Loaded from={kept}>
      {(k) => (
        <TextEditor
          label={t("overrides")}
          words={commands}
          kept={k}
          fixed={!may("operator")}
          takesReason
          write={(text, index, reason) => api.put(at, { text, index, reason })}
          reload={kept.reload}
        />
      )}
    </Loaded>
  );
}
