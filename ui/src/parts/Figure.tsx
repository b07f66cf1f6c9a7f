import type { ComponentChildren } from "preact";

/** A figure with its name, in a list of class figures. */
export function Figure({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
