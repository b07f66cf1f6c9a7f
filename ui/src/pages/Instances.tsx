import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { api } from "../api/client";
import { t } from "../i18n";
import { LongSheet, type Page } from "../parts/LongSheet";
import { link } from "../router";
import { generation } from "../state/live";

interface Instance {
  service: string;
  id: string;
  node?: string;
  addr: string;
  version?: string;
  variant?: string;
  up: boolean;
  draining?: boolean;
  ejected?: boolean;
  allocation?: string;
  tags?: string[];
}

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
        <label class="field">
          <span>{t("search_instances")}</span>
          <input type="search" value={query.value} onInput={(e) => (query.value = e.currentTarget.value)} />
        </label>
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
          { title: t("version"), cell: (i) => i.version ?? "–" },
          { title: t("variants"), cell: (i) => i.variant ?? "–" },
          { title: t("address"), cell: (i) => <span class="mono">{i.addr}</span> },
          { title: t("node"), cell: (i) => i.node ?? "" },
          { title: t("allocation"), cell: (i) => <span class="mono" title={i.allocation ?? i.id}>{i.allocation?.slice(0, 8) ?? i.id}</span> },
          { title: t("tags"), cell: (i) => <span title={i.tags?.join("\n")}>{i.tags?.join(", ")}</span> },
        ]}
      />
    </>
  );
}

function State({ instance: i }: { instance: Instance }) {
  if (i.ejected) {
    return <span class="bad">✕ {t("ejected")}</span>;
  }
  if (i.draining) {
    return <span class="warn">◔ {t("draining")}</span>;
  }
  return i.up ? <span class="good">✓ {t("up")}</span> : <span class="bad">✕ {t("down")}</span>;
}
