import { useRef } from "preact/hooks";

interface Props {
  label: string;
  value: string;
  readOnly: boolean;
  onInput: (text: string) => void;
}

const words = /(#.*$)|("[^"]*")|\b(route (?:add|del|weight))\b|\b(weight|tags|opts)\b|([\w.*-]*:\/\/\S+)/gm;
const classes = ["comment", "string", "command", "key", "url"];

/** A text area over a copy of its text in which words are marked. */
export function Marked({ label, value, readOnly, onInput }: Props) {
  const below = useRef<HTMLPreElement>(null);
  const follow = (area: HTMLTextAreaElement) => {
    below.current!.scrollTop = area.scrollTop;
    below.current!.scrollLeft = area.scrollLeft;
  };
  return (
    <div class="marked">
      <pre ref={below} aria-hidden="true">
        {mark(value)}
        {"\n"}
      </pre>
      <textarea aria-label={label} spellcheck={false} rows={20} readOnly={readOnly} value={value} onInput={(e) => onInput(e.currentTarget.value)} onScroll={(e) => follow(e.currentTarget)} />
    </div>
  );
}

function mark(text: string) {
  const parts: preact.ComponentChild[] = [];
  let at = 0;
  for (const found of text.matchAll(words)) {
    const kind = found.slice(1).findIndex((group) => group !== undefined);
    parts.push(text.slice(at, found.index), <span class={`word-${classes[kind]}`}>{found[0]}</span>);
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}
