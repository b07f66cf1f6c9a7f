import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "./i18n";
import { Bar } from "./parts/Bar";
import { Loaded } from "./parts/Failure";
import { Toast } from "./parts/Toast";
import { pages } from "./pages";
import { Login } from "./pages/Login";
import { place } from "./router";
import { follow } from "./state/live";
import { me, whoAmI } from "./state/me";
import { resource, useReload } from "./state/resource";

export function App() {
  const asked = useMemo(() => resource(whoAmI), []);
  useReload(asked);
  if (!me.value) {
    return (
      <main>
        <Loaded from={asked}>{() => null}</Loaded>
      </main>
    );
  }
  return me.value.login.required ? <Login /> : <Inside />;
}

function Inside() {
  const main = useRef<HTMLElement>(null);
  const { page, args } = place.value;
  useEffect(follow, []);
  const title = pages[page] ? t(pages[page].title) : t("not_found");
  useEffect(() => {
    document.title = `${[title, ...args].join(" · ")} – weir`;
  }, [title, args.join()]);
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) {
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    opened.current = true; // who has just come begins with the first key at the way past the bar
  }, [page, args.join()]);
  const Page = pages[page]?.show;
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => (e.preventDefault(), main.current?.focus())}>
        {t("skip")}
      </a>
      <Bar />
      <main id="main" ref={main} tabIndex={-1}>
        {Page ? <Page key={args.join()} args={args} /> : <h1>{t("not_found")}</h1>}
      </main>
      <Toast />
    </>
  );
}
