/** A chat of assistant-ui with this API: its runtime takes a `useChat` of the AI SDK 7, unchanged. */
import {
  ActionBarPrimitive,
  AssistantRuntimeProvider,
  ComposerPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
} from "@assistant-ui/react";
import { useAISDKRuntime } from "@assistant-ui/react-ai-sdk";
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { useMemo } from "react";

export function Assistant({ api, id, token, initial }) {
  const transport = useMemo(
    () => new DefaultChatTransport({ api, headers: { authorization: `Bearer ${token}` } }),
    [api, token],
  );
  const chat = useChat({ id, messages: initial, resume: true, transport });
  const runtime = useAISDKRuntime(chat);
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Messages components={{ UserMessage, AssistantMessage }} />
        <ComposerPrimitive.Root>
          <ComposerPrimitive.Input aria-label="Message" />
          <ComposerPrimitive.Send>Send</ComposerPrimitive.Send>
          <ComposerPrimitive.Cancel>Close the stream</ComposerPrimitive.Cancel>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
      <output id="status">{chat.status}</output>
      <p role="alert">{chat.error?.message}</p>
    </AssistantRuntimeProvider>
  );
}

function UserMessage() {
  return (
    <article data-role="user">
      <MessagePrimitive.Parts components={{ Text }} />
    </article>
  );
}

function AssistantMessage() {
  return (
    <article data-role="assistant">
      <MessagePrimitive.Parts components={{ Text, Source }} />
      <ActionBarPrimitive.Reload>Regenerate</ActionBarPrimitive.Reload>
    </article>
  );
}

function Text({ text }) {
  return <p>{text}</p>;
}

function Source({ title }) {
  return <cite>{title}</cite>;
}
