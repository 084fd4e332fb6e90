/** Asks for another title of a chat. */
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { change, renaming } from "./chat-actions.ts";
import type { Chat } from "./chat-list.ts";

function close(): void {
  renaming.value = undefined;
}

export function RenameDialog() {
  const chat = renaming.value;
  return chat ? <RenameForm key={chat.id} chat={chat} /> : null;
}

function RenameForm({ chat }: { chat: Chat }) {
  const title = useSignal(chat.title);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (await change(chat, { title: title.value.trim() })) close();
  };
  return (
    <Dialog title="Rename the chat" onClose={close}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label="Title"
          value={title.value}
          required
          maxLength={200}
          onText={(text) => (title.value = text)}
        />
        <div class="dialog-actions">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="primary">
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
