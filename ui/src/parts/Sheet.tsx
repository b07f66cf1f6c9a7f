import type { ComponentChildren } from "preact";

export interface Column<T> {
  title: string;
  number?: boolean;
  cell: (row: T) => ComponentChildren;
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T, index: number) => string;
  empty: string;
}

/** A table of few enough rows to be there as a whole. */
export function Sheet<T>({ label, columns, rows, keyOf, empty }: Props<T>) {
  if (rows.length === 0) {
    return <p class="quiet">{empty}</p>;
  }
  return (
    <div class="sheet" tabIndex={0} role="region" aria-label={label}>
      <table>
        <Head columns={columns} />
        <tbody>
          {rows.map((row, i) => (
            <tr key={keyOf(row, i)}>
              {columns.map((c) => (
                <td key={c.title} class={c.number ? "number" : ""}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Head<T>({ columns }: { columns: Column<T>[] }) {
  return (
    <thead>
      <tr>
        {columns.map((c) => (
          <th key={c.title} scope="col" class={c.number ? "number" : ""}>
            {c.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
