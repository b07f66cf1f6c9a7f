import { percent } from "../format/share";

/** How a variant is marked: colour and shape, and always its name beside them. */
export function kindOf(name: string, index: number, count: number): "candidate" | "stable" | "other" {
  if (name === "canary" || (count > 1 && index === 0 && name !== "stable")) {
    return "candidate";
  }
  return index === count - 1 || name === "stable" ? "stable" : "other";
}

export function VariantName({ name, index, count }: { name: string; index: number; count: number }) {
  return <span class={`variant ${kindOf(name, index, count)}`}>{name}</span>;
}

export interface Part {
  name: string;
  share: number;
}

/** The parts of a whole, side by side. The figures stand beside it, so it is not read aloud twice. */
export function Shares({ parts }: { parts: Part[] }) {
  const words = parts.map((p) => `${p.name} ${percent(p.share)}`).join(", ");
  return (
    <div class="shares" role="img" aria-label={words} title={words}>
      {parts.map((p, i) => (
        <i key={p.name} class={kindOf(p.name, i, parts.length)} style={{ width: percent(p.share) }} />
      ))}
    </div>
  );
}
