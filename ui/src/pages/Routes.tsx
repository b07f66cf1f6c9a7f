import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { api } from "../api/client";
import type { Route, Variant } from "../api/types";
import { percent } from "../format/share";
import { t } from "../i18n";
import { Copy } from "../parts/Copy";
import { Health } from "../parts/Health";
import { LongSheet, type Page } from "../parts/LongSheet";
import { Shares, VariantName } from "../parts/Shares";
import type { Column } from "../parts/Sheet";
import { Search } from "../parts/Search";
import { link } from "../router";
import { generation } from "../state/live";
import { observed } from "../state/traffic";

const height = 76;
const shown = 3; // variants in a row

const columns = (): Column<Route>[] => [
  { title: t("route"), cell: (r) => <RouteName route={r} /> },
  { title: t("services"), cell: (r) => r.services.map((s) => <div key={s}><a href={link("service", s)}>{s}</a></div>) },
  { title: t("variants"), cell: (r) => each(r, (v, i) => <VariantName name={v.name} index={i} count={r.variants.length} />) },
  { title: t("versions"), cell: (r) => each(r, (v) => versions(v)) },
  { title: t("desired"), number: true, cell: (r) => each(r, (v) => v.asked) },
  { title: t("share"), number: true, cell: (r) => each(r, (v) => <span title={v.why}>{percent(v.share)}</span>) },
  { title: t("observed"), number: true, cell: (r) => each(r, (v) => seen(r, v)) },
  { title: t("health"), cell: (r) => each(r, (v) => <Health up={v.up} total={v.total} />) },
  { title: t("try_it"), cell: (r) => <Try route={r} /> },
];

export function Routes() {
  const query = useSignal("");
  const read = useCallback(async (offset: number, limit: number): Promise<Page<Route>> => {
    const search = new URLSearchParams({ q: query.peek(), offset: String(offset), limit: String(limit) });
    const page = await api.get<{ total: number; routes: Route[] }>(`routes?${search}`);
    return { total: page.total, offset, rows: page.routes };
  }, [query.value]);
  return (
    <>
      <div class="head">
        <h1>{t("routes")}</h1>
        <a href={link("explain")}>{t("explain")}</a>
        <Search label={t("search_routes")} value={query.value} onInput={(q) => (query.value = q)} />
      </div>
      <LongSheet<Route> label={t("routes")} columns={columns()} height={height} read={read} version={generation.value} keyOf={(r) => r.key} empty={t("no_routes")} />
    </>
  );
}

function RouteName({ route: r }: { route: Route }) {
  return (
    <>
      <strong class="mono" title={r.key}>
        {r.link ? (
          <a href={r.link.url} target={r.link.newTab ? "_blank" : undefined} rel="noopener noreferrer">
            {r.key}
          </a>
        ) : (
          r.key
        )}
      </strong>
      <Shares parts={r.variants.map((v) => ({ name: v.name, share: v.share }))} />
    </>
  );
}

function each(r: Route, of: (v: Variant, i: number) => preact.ComponentChildren) {
  return (
    <>
      {r.variants.slice(0, shown).map((v, i) => (
        <div key={v.name}>{of(v, i)}</div>
      ))}
      {r.variants.length > shown && <div class="quiet">+{r.variants.length - shown}</div>}
    </>
  );
}

function versions(v: Variant): string {
  return [...new Set(v.targets.map((x) => x.version).filter(Boolean))].join(", ") || "–";
}

/** What came of the share, of all routes of the service together. */
function seen(r: Route, v: Variant): string {
  const service = v.targets[0]?.service ?? r.services[0] ?? "";
  const share = observed(service, v.name);
  return share === undefined ? "–" : percent(share);
}

function Try({ route: r }: { route: Route }) {
  return r.curl ? <Copy text={r.curl} label={t("curl_of", { route: r.key })} /> : <span class="quiet">–</span>;
}
