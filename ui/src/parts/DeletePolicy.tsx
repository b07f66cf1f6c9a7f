import { useSignal } from "@preact/signals";
import { api } from "../api/client";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { go } from "../router";
import { say } from "../state/toast";
import { Dialog } from "./Dialog";

/** Removes a policy when that was confirmed. */
export function DeletePolicy({ path, name }: { path: string; name: string }) {
  const asking = useSignal(false);
  const remove = async () => {
    asking.value = false;
    try {
      await api.delete(path);
      say(t("done"));
      go("policies");
    } catch (cause) {
      say(said(cause as Error), true);
    }
  };
  return (
    <div class="row">
      <button class="danger" type="button" onClick={() => (asking.value = true)}>
        {t("delete")}
      </button>
      {asking.value && (
        <Dialog title={t("delete_policy", { name })} confirm={t("delete")} danger onConfirm={() => void remove()} onClose={() => (asking.value = false)}>
          <p>{t("delete_policy_means")}</p>
        </Dialog>
      )}
    </div>
  );
}
