/** One change: of a person through the API, or of a rollout by itself. */
export interface AuditRow {
  at: string;
  by: string;
  scope?: string;
  command?: string;
  action?: string;
  reason?: string;
  before?: string;
  after?: string;
  changes?: { kind: string; from?: string; to?: string; message?: string }[];
}

/** What became other, in a line. */
export function changesOf(e: AuditRow): string {
  const changes = e.changes ?? (e.before || e.after ? [{ kind: "", from: e.before ?? "", to: e.after ?? "" }] : []);
  return changes.map((c) => [c.kind, c.from && `${c.from} →`, c.to].filter(Boolean).join(" ")).join("; ");
}
