/** A chat, or the start of a new one. */
import { useEffect } from "preact/hooks";
import { sentenceOf } from "../api/problems.ts";
import { navigate } from "../app/router.tsx";
import type { Params } from "../app/routes.ts";
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { EmptyState, Loading } from "../ui/states.tsx";
import { Composer, putBack } from "./composer.tsx";
import type { Conversation } from "./conversation.ts";
import { conversationOf } from "./conversations.ts";
import { createChat } from "./create-chat.ts";
import { actionsOf } from "./list/chat-actions.ts";
import { pathOf, showChat } from "./list/chat-list.ts";
import { MessageList } from "./messages/message-list.tsx";
import { model } from "./models.ts";
import type { Draft } from "./page-message.ts";

const NEW = "new";

export function Page({ params: { id } }: { params: Params }) {
  const conversation = id === undefined ? undefined : conversationOf(id);
  useEffect(() => void conversation?.refresh(), [conversation]);
  useRefusedDraft(conversation);
  if (conversation?.problem.value) return <Missing text={conversation.problem.value} />;
  const send = (draft: Draft) => {
    if (conversation) void conversation.send(draft, model.value);
    else void startChat(draft);
  };
  return (
    <div class="chat">
      {conversation ? <ChatContent conversation={conversation} /> : <Welcome />}
      <div class="column">
        <Composer
          draftKey={id ?? NEW}
          isAnswering={conversation?.isAnswering.value ?? false}
          isStopping={conversation?.isStopping.value ?? false}
          onSend={send}
          onStop={() => void conversation?.stop()}
        />
        <p class="fine-print">Answers can be wrong. Check what matters, or ask a lawyer.</p>
      </div>
    </div>
  );
}

/** Creates the chat with the first message, so that a reload finds the answer under way. */
async function startChat(draft: Draft): Promise<void> {
  try {
    const chat = await createChat();
    const conversation = conversationOf(chat.id);
    showChat(chat);
    void conversation.send(draft, model.value);
    navigate(pathOf(chat));
  } catch (error) {
    putBack(NEW, draft);
    toast(sentenceOf(error), { kind: "error" });
  }
}

/** What the server has refused can be sent again. */
function useRefusedDraft(conversation: Conversation | undefined): void {
  const refused = conversation?.refused.value;
  useEffect(() => {
    if (!conversation || !refused) return;
    putBack(conversation.id, refused);
    conversation.refused.value = undefined;
  }, [refused]);
}

function ChatContent({ conversation }: { conversation: Conversation }) {
  const chat = conversation.chat.value;
  const isEmpty = conversation.messages.value.length === 0;
  return (
    <>
      <header class="chat-head">
        <h1>{chat?.title ?? "Chat"}</h1>
        {chat && <Menu label="Actions for this chat" actions={actionsOf(chat)} />}
      </header>
      {isEmpty && conversation.isBusy.value ? (
        <div class="messages">
          <Loading label="Loading the chat" />
        </div>
      ) : (
        <MessageList conversation={conversation} />
      )}
      <Connection conversation={conversation} />
    </>
  );
}

function Connection({ conversation }: { conversation: Conversation }) {
  const failure = conversation.failure.value;
  return (
    <div class="column connection" role="status">
      {conversation.isReconnecting.value && (
        <p class="notice notice-warning">Reconnecting… The answer goes on meanwhile.</p>
      )}
      {failure && <p class="notice notice-danger">{failure}</p>}
    </div>
  );
}

function Welcome() {
  return (
    <div class="messages welcome">
      <EmptyState
        title="What would you like to know?"
        text="Ask a legal question, or attach a document and ask about it. Quotations lead to where they are written."
      />
    </div>
  );
}

function Missing({ text }: { text: string }) {
  return (
    <EmptyState title="This chat cannot be shown" text={text}>
      <Button onClick={() => navigate("/app")}>Start a new chat</Button>
    </EmptyState>
  );
}
