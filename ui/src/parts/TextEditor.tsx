import { useSignal } from "@preact/signals";
import { changedTo } from "../api/client";
import { t } from "../i18n";
import { said } from "../i18n/codes";
import { say } from "../state/toast";
import { Marked, type Words } from "./Marked";
import { Reason } from "./Reason";

/** A text and the number of its last write. */
export interface Kept {
  text: string;
  index: number;
}

interface Props {
  id?: string; // of the form
  label: string;
  words: Words;
  kept: Kept;
  fixed: boolean; // it may only be looked at
  takesReason?: boolean;
  write: (text: string, index: number, reason: string) => Promise<unknown>;
  reload: () => Promise<void>;
  onInput?: (text: string) => void;
}

/** A text that several people may change: who was slower is shown what the other one wrote. */
export function TextEditor({ id, label, words, kept, fixed, takesReason, write, reload, onInput }: Props) {
  const draft = useSignal<string | undefined>(undefined);
  const reason = useSignal("");
  const wrong = useSignal("");
  const theirs = useSignal<Kept | undefined>(undefined);
  const change = (text: string | undefined) => {
    draft.value = text;
    onInput?.(text ?? kept.text);
  };
  const drop = () => {
    theirs.value = undefined;
    wrong.value = "";
    change(undefined);
  };
  const readAgain = async () => {
    await reload();
    drop();
  };
  const save = async (index: number) => {
    try {
      await write(draft.value ?? kept.text, index, reason.value);
    } catch (cause) {
      theirs.value = changedTo<Kept>(cause);
      wrong.value = theirs.value ? "" : said(cause as Error);
      return;
    }
    reason.value = "";
    say(t("done"));
    await readAgain();
  };
  return (
    <form id={id} class="card" onSubmit={(e) => (e.preventDefault(), void save(kept.index))}>
      <Marked label={label} words={words} value={draft.value ?? kept.text} readOnly={fixed} onInput={change} />
      {wrong.value && (
        <pre class="note bad" role="alert">
          {wrong.value}
        </pre>
      )}
      {theirs.value && <Theirs text={theirs.value.text} onTake={() => void readAgain()} onOver={() => void save(theirs.value!.index)} />}
      {takesReason && !fixed && <Reason value={reason.value} onInput={(text) => (reason.value = text)} />}
      {!fixed && (
        <div class="row">
          <button class="primary" type="submit" disabled={draft.value === undefined || draft.value === kept.text}>
            {t("save")}
          </button>
          <button type="button" disabled={draft.value === undefined} onClick={drop}>
            {t("reset")}
          </button>
        </div>
      )}
    </form>
  );
}

/** What somebody else has written meanwhile, and what to do about it. */
function Theirs({ text, onTake, onOver }: { text: string; onTake: () => void; onOver: () => void }) {
  return (
    <div class="note warn" role="alert">
      <p>{t("changed_meanwhile")}</p>
      <pre>{text}</pre>
      <div class="row">
        <button type="button" onClick={onTake}>
          {t("take_theirs")}
        </button>
        <button class="danger" type="button" onClick={onOver}>
          {t("write_over")}
        </button>
      </div>
    </div>
  );
}
