/** Another text in place of a message. */
import { useSignal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { fitHeight } from "../fit-height.ts";

type EditFormProps = { text: string; onCancel: () => void; onSend: (text: string) => void };

export function EditForm({ text: before, onCancel, onSend }: EditFormProps) {
  const text = useSignal(before);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    fitHeight(area.current);
    area.current?.focus();
  }, []);
  const send = () => {
    if (text.value.trim() !== "") onSend(text.value);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") onCancel();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="message edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        aria-label="Your message"
        value={text.value}
        onKeyDown={onKeyDown}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          fitHeight(event.currentTarget);
        }}
      />
      <div class="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary">
          Send
        </Button>
      </div>
    </form>
  );
}
