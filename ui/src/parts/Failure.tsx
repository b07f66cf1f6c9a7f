import type { Resource } from "../state/resource";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import type { ComponentChildren } from "preact";

/** What a resource is shown as before it was read, or when it cannot be. */
export function Loaded<T>({ from, children }: { from: Resource<T>; children: (value: T) => ComponentChildren }) {
  const value = from.value.value;
  const error = from.error.value;
  return (
    <>
      {error && (
        <p class="note bad" role="alert">
          {t("cannot_read")} {said(error)}{" "}
          <button class="plain" type="button" onClick={() => void from.reload()}>
            {t("again")}
          </button>
        </p>
      )}
      {value === undefined ? !error && <p class="quiet">{t("loading")}</p> : children(value)}
    </>
  );
}
