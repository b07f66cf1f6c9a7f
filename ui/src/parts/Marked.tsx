import { useRef } from "preact/hooks";

/** What is marked in a text: each group of the pattern by the class that stands at its place. */
export interface Words {
  pattern: RegExp;
  classes: string[];
}

/** The route command language. */
export const commands: Words = {
  pattern: /(#.*$)|("[^"]*")|\b(route (?:add|del|weight))\b|\b(weight|tags|opts)\b|([\w.*-]*:\/\/\S+)/gm,
  classes: ["comment", "string", "command", "key", "url"],
};

/** Policies, whether in YAML, JSON or HCL. */
export const policies: Words = {
  pattern: /(#.*$)|("[^"\n]*"(?=\s*:)|\b[A-Za-z_]\w*(?=\s*(?::\s|:$|=|\{)))|("[^"\n]*"|'[^'\n]*')|(\b\d[\w.%]*)/gm,
  classes: ["comment", "command", "string", "url"],
};

interface Props {
  label: string;
  words: Words;
  value: string;
  readOnly: boolean;
  onInput: (text: string) => void;
}

/** A text area over a copy of its text in which words are marked. */
export function Marked({ label, words, value, readOnly, onInput }: Props) {
  const below = useRef<HTMLPreElement>(null);
  const follow = (area: HTMLTextAreaElement) => {
    below.current!.scrollTop = area.scrollTop;
    below.current!.scrollLeft = area.scrollLeft;
  };
  return (
    <div class="marked">
      <pre ref={below} aria-hidden="true">
        {mark(value, words)}
        {"\n"}
      </pre>
      <textarea aria-label={label} spellcheck={false} rows={rows(value)} readOnly={readOnly} value={value} onInput={(e) => onInput(e.currentTarget.value)} onScroll={(e) => follow(e.currentTarget)} />
    </div>
  );
}

/** As many lines as the text has, and room to write. */
const rows = (text: string) => Math.min(30, Math.max(10, text.split("\n").length + 2));

function mark(text: string, { pattern, classes }: Words) {
  const parts: preact.ComponentChild[] = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    const kind = found.slice(1).findIndex((group) => group !== undefined);
    parts.push(text.slice(at, found.index), <span class={`word-${classes[kind]}`}>{found[0]}</span>);
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}
