import { useSignal } from "@preact/signals";
import { api } from "../api/client";
import type { Explanation } from "../api/types";
import { percent } from "../format/share";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { Figure } from "../parts/Figure";
import { link } from "../router";
import type { PageProps } from ".";

/** Where a request would go, and why. Nothing is sent. */
export function Explain({ args: [at = ""] }: PageProps) {
  const found = useSignal<Explanation | undefined>(undefined);
  const wrong = useSignal("");
  const ask = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      found.value = await api.get<Explanation>(`routes:explain?${asked(new FormData(event.currentTarget as HTMLFormElement))}`);
      wrong.value = "";
    } catch (cause) {
      found.value = undefined;
      wrong.value = said(cause as Error);
    }
  };
  return (
    <>
      <h1>{t("explain")}</h1>
      <form class="card" onSubmit={(e) => void ask(e)}>
        <p class="quiet">{t("explain_hint")}</p>
        <div class="grid">
          <label class="field">
            <span>{t("host")}</span>
            <input name="host" required maxLength={300} defaultValue={at} />
          </label>
          <label class="field">
            <span>{t("path")}</span>
            <input name="path" maxLength={4000} defaultValue="/" />
          </label>
          <label class="field">
            <span>{t("method")}</span>
            <input name="method" maxLength={40} defaultValue="GET" />
          </label>
          <label class="field">
            <span>{t("client_address")}</span>
            <input name="client" maxLength={100} placeholder="192.0.2.1" />
          </label>
        </div>
        <label class="field">
          <span>{t("header_fields")}</span>
          <textarea name="headers" rows={3} class="mono" spellcheck={false} placeholder="Cookie: a=b" />
        </label>
        <div class="row">
          <button class="primary" type="submit">
            {t("explain_do")}
          </button>
          <label>
            <input type="checkbox" name="tls" /> {t("by_tls")}
          </label>
        </div>
      </form>
      <div aria-live="polite">
        {wrong.value && <p class="note bad">{wrong.value}</p>}
        {found.value && <Answer explanation={found.value} />}
      </div>
    </>
  );
}

/** The query of a form: of the header fields one for each line. */
function asked(form: FormData): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ["host", "path", "method", "client"]) {
    const text = String(form.get(name)).trim();
    if (text) {
      query.set(name, text);
    }
  }
  query.set("tls", String(form.has("tls")));
  const fields = String(form.get("headers")).split("\n");
  fields.filter((line) => line.trim()).forEach((line) => query.append("header", line));
  return query;
}

function Answer({ explanation: e }: { explanation: Explanation }) {
  return (
    <section class="card" aria-labelledby="answer">
      <h2 id="answer" class="mono">
        {e.host}
        {e.path}
      </h2>
      <dl class="figures">
        <Figure label={t("route")}>{e.route?.key ?? "–"}</Figure>
        <Figure label={t("services")}>{e.route ? e.route.services.map((s) => <div key={s}><a href={link("service", s)}>{s}</a></div>) : "–"}</Figure>
        <Figure label={t("variants")}>{e.variant ? `${e.variant} · ${percent(e.chance)}` : "–"}</Figure>
        <Figure label={t("target")}>{e.url ?? e.target?.url ?? "–"}</Figure>
      </dl>
      <ol>
        {e.why.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ol>
    </section>
  );
}
