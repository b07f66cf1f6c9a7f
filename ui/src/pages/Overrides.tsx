import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import { t } from "../i18n";
import { Loaded } from "../parts/Failure";
import { OverrideEditor } from "../parts/OverrideEditor";
import { resource, useReload } from "../state/resource";

export function Overrides() {
  const path = useSignal("");
  const list = useMemo(() => resource(() => api.get<{ paths: string[] }>("overrides")), []);
  useReload(list);
  return (
    <>
      <h1>{t("overrides")}</h1>
      <p class="quiet">{t("overrides_hint")}</p>
      <Loaded from={list}>
        {(l) => (
          <label class="field">
            <span>{t("path")}</span>
            <select value={path.value} onChange={(e) => (path.value = e.currentTarget.value)}>
              {[...new Set(["", ...l.paths])].map((p) => (
                <option key={p} value={p}>
                  {p || "/"}
                </option>
              ))}
            </select>
          </label>
        )}
      </Loaded>
      <OverrideEditor key={path.value} path={path.value} />
    </>
  );
}
