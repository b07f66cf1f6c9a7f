interface Props {
  label: string;
  hint?: string;
  value: string;
  exact?: boolean; // only what was typed to its end counts
  onInput: (text: string) => void;
}

/** A field whose text narrows down what is shown. */
export function Search({ label, hint = "", value, exact, onInput }: Props) {
  return (
    <label class="field">
      <span>{label}</span>
      <input type="search" placeholder={hint} value={value} {...{ [exact ? "onChange" : "onInput"]: (e: InputEvent) => onInput((e.currentTarget as HTMLInputElement).value) }} />
    </label>
  );
}
