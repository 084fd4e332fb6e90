/** Where a person writes: Enter sends, Shift and Enter begin a new line, Escape stops the answer. */
import { signal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { COMPOSER_ID } from "../app/shortcuts.tsx";
import { ComposerFiles } from "../documents/composer-files.tsx";
import { Uploads } from "../documents/uploads.ts";
import { Button } from "../ui/button.tsx";
import { fitHeight } from "./fit-height.ts";
import { chooseModel, loadModels, model, models } from "./models.ts";
import type { Draft } from "./page-message.ts";

const EMPTY: Draft = { text: "", files: [] };

/** What is written but not sent, by chat; that of a new chat is under "new". */
const drafts = signal<Readonly<Record<string, Draft>>>({});

function setDraft(key: string, draft: Draft): void {
  drafts.value = { ...drafts.peek(), [key]: draft };
}

/** Puts a draft that was not sent back into the composer of a chat, before what was written there meanwhile. */
export function putBack(key: string, { text, files }: Draft): void {
  changeDraft(key, (written) => ({
    text: [text, written.text].filter((part) => part.trim() !== "").join("\n\n"),
    files: [...files, ...written.files],
  }));
}

/** Of the draft as it is now: an upload may end long after it was begun. */
function changeDraft(key: string, change: (draft: Draft) => Partial<Draft>): void {
  const draft = drafts.peek()[key] ?? EMPTY;
  setDraft(key, { ...draft, ...change(draft) });
}

function without(files: Draft["files"], id: string): Draft["files"] {
  return files.filter((file) => file.id !== id);
}

type ComposerProps = {
  /** Of the draft. */
  draftKey: string;
  isAnswering: boolean;
  isStopping: boolean;
  onSend: (draft: Draft) => void;
  onStop: () => void;
};

export function Composer(props: ComposerProps) {
  const { draftKey, isAnswering, onSend, onStop } = props;
  const draft = drafts.value[draftKey] ?? EMPTY;
  const area = useRef<HTMLTextAreaElement>(null);
  const uploads = useMemo(() => new Uploads(), []);
  useEffect(() => fitHeight(area.current), [draft.text]);
  useEffect(() => focusWhereTyped(area.current), [draftKey]);
  const canSend = draft.text.trim() !== "" && !isAnswering && !uploads.isRunning.value;
  const send = (event: Event) => {
    event.preventDefault();
    if (!canSend) return;
    setDraft(draftKey, EMPTY);
    onSend(draft);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape" && !event.shiftKey && isAnswering) onStop();
    // Not while an input method puts a word together.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    send(event);
  };
  return (
    <form class="composer" onSubmit={send}>
      <ComposerFiles
        files={draft.files}
        onAttach={(file) => changeDraft(draftKey, ({ files }) => ({ files: [...files, file] }))}
        onRemove={(id) => changeDraft(draftKey, ({ files }) => ({ files: without(files, id) }))}
        uploads={uploads}
      />
      <textarea
        id={COMPOSER_ID}
        ref={area}
        rows={1}
        aria-label="Message"
        placeholder="Ask about the law, or about your documents"
        value={draft.text}
        maxLength={32_000}
        onKeyDown={onKeyDown}
        onInput={({ currentTarget: { value: text } }) => changeDraft(draftKey, () => ({ text }))}
      />
      <div class="composer-foot">
        <ModelPicker />
        <SendButton {...props} canSend={canSend} />
      </div>
    </form>
  );
}

/** A keyboard on the screen would hide the chat. */
function focusWhereTyped(area: HTMLTextAreaElement | null): void {
  if (window.matchMedia("(pointer: fine)").matches) area?.focus();
}

function SendButton({
  isAnswering,
  isStopping,
  canSend,
  onStop,
}: ComposerProps & { canSend: boolean }) {
  if (isAnswering) {
    return (
      <Button
        icon="stop"
        label="Stop the answer"
        variant="primary"
        disabled={isStopping}
        onClick={onStop}
      />
    );
  }
  return <Button type="submit" icon="send" label="Send" variant="primary" disabled={!canSend} />;
}

/** Only where there is a choice. */
function ModelPicker() {
  useEffect(() => void loadModels(), []);
  const some = models.value;
  if (some.length < 2) return <span />;
  const chosen = model.value ?? some.find(({ is_default }) => is_default)?.name;
  return (
    <select
      class="model-picker"
      aria-label="Model"
      value={chosen}
      onChange={(event) => chooseModel(event.currentTarget.value)}
    >
      {some.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
