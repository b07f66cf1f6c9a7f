import { useState } from "preact/hooks";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { logIn, me } from "../state/me";
import { root } from "../api/client";

export function Login() {
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [error, setError] = useState("");
  const methods = me.value!.login;
  const submit = (event: Event) => {
    event.preventDefault();
    logIn(name ? { name, password: secret } : { token: secret }).catch((e: Error) => setError(said(e)));
  };
  const oidc = new URL("login/oidc", root);
  oidc.searchParams.set("to", location.pathname + location.hash);
  return (
    <main>
      <form class="card login" onSubmit={submit}>
        <h1>weir</h1>
        <label class="field">
          <span>{t("name")}</span>
          <input autocomplete="username" value={name} onInput={(e) => setName(e.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{methods.password ? t("password_or_token") : t("token")}</span>
          <input type="password" autocomplete="current-password" required value={secret} onInput={(e) => setSecret(e.currentTarget.value)} />
        </label>
        <p class="quiet">{t("token_hint")}</p>
        {error && (
          <p class="note bad" role="alert">
            {error}
          </p>
        )}
        <div class="row">
          <button class="primary" type="submit">
            {t("log_in")}
          </button>
          {methods.oidc && (
            <a class="button" href={oidc.pathname + oidc.search}>
              {t("log_in_oidc")}
            </a>
          )}
        </div>
      </form>
    </main>
  );
}
