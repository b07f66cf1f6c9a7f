import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { count } from "../format/number";
import { type Column, Head } from "./Sheet";

export interface Page<T> {
  total: number;
  offset: number;
  rows: T[];
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  height: number; // of a row, in pixels
  read: (offset: number, limit: number) => Promise<Page<T>>;
  version: unknown; // the rows are read again when it changes
  keyOf: (row: T) => string;
  empty: string;
}

const margin = 20; // rows read above and below what is seen

/** A table of any length: only the rows that are seen are read and there. */
export function LongSheet<T>({ label, columns, height, read, version, keyOf, empty }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const page = useSignal<Page<T> | undefined>(undefined);
  const error = useSignal("");
  const asked = useRef(0);
  const load = async () => {
    const element = box.current;
    const first = Math.max(0, Math.floor((element?.scrollTop ?? 0) / height) - margin);
    const seen = Math.ceil((element?.clientHeight || 600) / height);
    const mine = ++asked.current;
    try {
      const next = await read(first, seen + 2 * margin);
      if (mine === asked.current) {
        page.value = next;
        error.value = "";
      }
    } catch (cause) {
      error.value = said(cause as Error);
    }
  };
  useEffect(() => void load(), [version, read]);
  const scrolled = () => {
    const p = page.value;
    const top = Math.floor((box.current?.scrollTop ?? 0) / height);
    const bottom = top + Math.ceil((box.current?.clientHeight ?? 0) / height);
    if (!p || top < p.offset || Math.min(bottom, p.total) > p.offset + p.rows.length) {
      requestAnimationFrame(() => void load());
    }
  };
  const p = page.value;
  const after = p ? p.total - p.offset - p.rows.length : 0;
  return (
    <>
      {error.value && <p class="note bad" role="alert">{error.value}</p>}
      <p class="quiet" aria-live="polite">{p && t("rows", { n: count(p.total) })}</p>
      {p?.total === 0 && <p class="quiet">{empty}</p>}
      <div ref={box} class="sheet fixed" tabIndex={0} role="region" aria-label={label} onScroll={scrolled} hidden={p?.total === 0}>
        <table aria-rowcount={(p?.total ?? 0) + 1}>
          <Head columns={columns} />
          <tbody>
            {p && p.offset > 0 && <Spacer height={p.offset * height} span={columns.length} />}
            {p?.rows.map((row, i) => (
              <tr key={keyOf(row)} aria-rowindex={p.offset + i + 2} style={{ height: `${height}px` }}>
                {columns.map((c) => (
                  <td key={c.title} class={c.number ? "number" : ""}>
                    {c.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            {after > 0 && <Spacer height={after * height} span={columns.length} />}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr class="spacer" aria-hidden="true">
      <td colSpan={span} style={{ height: `${height}px`, padding: 0 }} />
    </tr>
  );
}
