import { t } from "../i18n";
import { toast } from "../state/toast";

export function Toast() {
  const now = toast.value;
  return (
    <div class="toast" role={now?.bad ? "alert" : "status"}>
      {now && (
        <p class={`note ${now.bad ? "bad" : "good"}`}>
          {now.text}
          <button class="plain" type="button" aria-label={t("close")} onClick={() => (toast.value = undefined)}>
            ✕
          </button>
        </p>
      )}
    </div>
  );
}
