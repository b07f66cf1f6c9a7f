import { type Key, t } from "../i18n";
import { en } from "../i18n/en";

const marks: Record<string, [string, string]> = {
  healthy: ["✓", "good"],
  completed: ["✓", "good"],
  progressing: ["▶", ""],
  preview: ["◔", ""],
  baking: ["◕", ""],
  promoting: ["▲", ""],
  paused: ["❚❚", "warn"],
  override: ["✎", "warn"],
  frozen: ["❄", "warn"],
  candidate_lost: ["!", "warn"],
  stable_lost: ["!", "bad"],
  aborting: ["■", "bad"],
  aborted: ["✕", "bad"],
};

/** The name of a phase as people say it. */
function phaseName(phase: string): string {
  const key = `phase_${phase}`;
  return key in en ? t(key as Key) : phase;
}

export function Phase({ phase }: { phase: string }) {
  const [mark, tone] = marks[phase] ?? ["•", ""];
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{mark}</span>
      {phaseName(phase)}
    </span>
  );
}
