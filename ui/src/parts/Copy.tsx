import { useState } from "preact/hooks";
import { t } from "../i18n";

/** A command that people run, with a button that copies it. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="copy">
      <code tabIndex={0} aria-label={label}>{text}</code>
      <button class="plain" type="button" onClick={copy} aria-label={t("copy_what", { what: label })}>
        {copied ? t("copied") : t("copy")}
      </button>
    </div>
  );
}
