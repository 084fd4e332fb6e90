/** What the person has written, which can be changed: the other text gets a branch of its own. */
import { useSignal } from "@preact/signals";
import { Link } from "../../app/router.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Conversation } from "../conversation.ts";
import { model } from "../models.ts";
import { filesOf, type PageMessage, textOf } from "../page-message.ts";
import { BranchSwitch } from "./branch-switch.tsx";
import { EditForm } from "./edit-form.tsx";

type UserMessageProps = { message: PageMessage; conversation: Conversation };

export function UserMessage({ message, conversation }: UserMessageProps) {
  const isEditing = useSignal(false);
  const text = textOf(message);
  if (isEditing.value) {
    return (
      <EditForm
        text={text}
        onCancel={() => (isEditing.value = false)}
        onSend={(changed) => {
          isEditing.value = false;
          const draft = { text: changed, files: filesOf(message) };
          void conversation.edit(message.id, draft, model.value);
        }}
      />
    );
  }
  return (
    <article class="message message-user" aria-label="You">
      <Attachments message={message} />
      <div class="bubble">{text}</div>
      <div class="message-actions">
        <BranchSwitch message={message} conversation={conversation} />
        <CopyButton text={text} label="Copy your message" />
        {message.metadata?.stored && (
          <Button
            icon="edit"
            label="Edit your message"
            disabled={conversation.isBusy.value}
            onClick={() => (isEditing.value = true)}
          />
        )}
      </div>
    </article>
  );
}

function Attachments({ message }: { message: PageMessage }) {
  const files = filesOf(message);
  if (files.length === 0) return null;
  return (
    <ul class="attachments" aria-label="Documents of this message">
      {files.map(({ id, name }) => (
        <li key={id}>
          <Link to={`/app/documents/${id}`} class="attachment">
            <Icon name="document" />
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
