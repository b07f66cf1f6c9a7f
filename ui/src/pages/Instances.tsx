import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { api } from "../api/client";
import type { Instance } from "../api/types";
import { count } from "../format/number";
import { percent } from "../format/share";
import { t } from "../i18n";
import { LongSheet, type Page } from "../parts/LongSheet";
import { Search } from "../parts/Search";
import { Time } from "../parts/Time";
import { link } from "../router";
import { generation } from "../state/live";

export function Instances() {
  const query = useSignal("");
  const read = useCallback(async (offset: number, limit: number): Promise<Page<Instance>> => {
    const search = new URLSearchParams({ q: query.peek(), offset: String(offset), limit: String(limit) });
    const page = await api.get<{ total: number; instances: Instance[] }>(`instances?${search}`);
    return { total: page.total, offset, rows: page.instances };
  }, [query.value]);
  return (
    <>
      <div class="head">
        <h1>{t("instances")}</h1>
        <Search label={t("search_instances")} value={query.value} onInput={(q) => (query.value = q)} />
      </div>
      <LongSheet<Instance>
        label={t("instances")}
        height={40}
        read={read}
        version={generation.value}
        keyOf={(i) => `${i.service} ${i.id} ${i.node ?? ""}`}
        empty={t("no_instances")}
        columns={[
          { title: t("service"), cell: (i) => <a href={link("service", i.service)}>{i.service}</a> },
          { title: t("state"), cell: (i) => <State instance={i} /> },
          { title: t("version"), cell: (i) => among(i, (r) => r.version) },
          { title: t("variants"), cell: (i) => among(i, (r) => r.variant) },
          { title: t("share"), number: true, cell: (i) => among(i, (r) => percent(r.share)) },
          { title: t("address"), cell: (i) => <span class="mono">{i.addr}</span> },
          { title: t("node"), cell: (i) => i.node ?? "" },
          { title: t("allocation"), cell: (i) => <span class="mono" title={i.allocation ?? i.id}>{i.allocation?.slice(0, 8) ?? i.id}</span> },
          { title: t("tags"), cell: (i) => <span title={i.tags.join("\n")}>{i.tags.join(", ")}</span> },
        ]}
      />
    </>
  );
}

/** What an instance is on its routes, each said once. */
function among(i: Instance, of: (r: Instance["routes"][number]) => string | undefined): string {
  return [...new Set(i.routes.map(of).filter(Boolean))].join(", ") || "–";
}

function State({ instance: i }: { instance: Instance }) {
  if (!i.up) {
    return <span class="bad">✕ {t("down")}</span>;
  }
  if (i.draining) {
    return (
      <span class="warn">
        ◌ {t("instance_drains", { left: count(i.draining.left) })} <Time at={i.draining.until} />
      </span>
    );
  }
  const idle = i.routes.length > 0 && i.routes.every((r) => r.share === 0);
  return idle ? <span class="warn">◌ {t("no_new_clients")}</span> : <span class="good">✓ {t("up")}</span>;
}
