/** An answer: its text, what became of it, and what can be done with it. */
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Conversation } from "../conversation.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { model } from "../models.ts";
import { citationsOf, type PageMessage, statusOf, textOf, unverifiedOf } from "../page-message.ts";
import { BranchSwitch } from "./branch-switch.tsx";
import { FeedbackButtons } from "./feedback-buttons.tsx";
import { SourceList } from "./source-list.tsx";

type AnswerProps = { message: PageMessage; conversation: Conversation; isGrowing: boolean };

export function AnswerMessage({ message, conversation, isGrowing }: AnswerProps) {
  const sources = { citations: citationsOf(message), unverified: unverifiedOf(message) };
  const text = textOf(message);
  return (
    <article class="message message-answer" aria-label="Answer" aria-busy={isGrowing}>
      <Reasoning message={message} />
      <Markdown text={text} sources={sources} />
      {isGrowing && <span class="dots" aria-hidden="true" />}
      {!isGrowing && (
        <>
          <Outcome message={message} conversation={conversation} />
          <SourceList sources={sources} />
          <AnswerActions message={message} conversation={conversation} text={text} />
        </>
      )}
    </article>
  );
}

function Reasoning({ message }: { message: PageMessage }) {
  const streamed = message.parts.flatMap((part) => (part.type === "reasoning" ? part.text : []));
  const text = streamed.join("") || (message.metadata?.stored?.metadata.reasoning ?? "");
  if (text === "") return null;
  return (
    <details class="reasoning">
      <summary>Reasoning</summary>
      <p>{text}</p>
    </details>
  );
}

const OUTCOMES = {
  complete: undefined,
  streaming: undefined,
  stopped: "You stopped this answer.",
  interrupted: "This answer was interrupted. What had arrived of it is kept.",
  failed: "This answer could not be completed.",
} as const;

function Outcome({ message, conversation }: Omit<AnswerProps, "isGrowing">) {
  const status = statusOf(message);
  const text = OUTCOMES[status];
  if (text === undefined) return null;
  const isFailure = status !== "stopped";
  return (
    <p class={isFailure ? "notice notice-warning" : "muted"}>
      {isFailure && <Icon name="warning" />} {text}{" "}
      {isFailure && (
        <Button
          icon="retry"
          disabled={conversation.isBusy.value}
          onClick={() => void conversation.regenerate(message.id, model.value)}
        >
          Try again
        </Button>
      )}
    </p>
  );
}

function AnswerActions({
  message,
  conversation,
  text,
}: Omit<AnswerProps, "isGrowing"> & { text: string }) {
  return (
    <div class="message-actions">
      <BranchSwitch message={message} conversation={conversation} />
      <CopyButton text={text} label="Copy the answer" />
      <Button
        icon="retry"
        label="Write another answer"
        disabled={conversation.isBusy.value}
        onClick={() => void conversation.regenerate(message.id, model.value)}
      />
      <FeedbackButtons messageId={message.id} ratings={conversation.ratings} />
    </div>
  );
}
