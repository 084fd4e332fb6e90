/** The messages of a chat, oldest first; the view stays at its end while an answer grows. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import type { Conversation } from "../conversation.ts";
import { AnswerMessage } from "./answer-message.tsx";
import { SpokenAnswer } from "./spoken-answer.tsx";
import { UserMessage } from "./user-message.tsx";

/** How near to the end the person has to be for the view to follow. */
const NEAR_PX = 80;

export function MessageList({ conversation }: { conversation: Conversation }) {
  const messages = conversation.messages.value;
  const scroller = useFollowing(conversation.id);
  const last = messages.at(-1);
  const isAnswering = conversation.isAnswering.value;
  return (
    <div class="messages" ref={scroller}>
      <div class="column">
        {conversation.hasOlder.value && (
          <div class="list-more">
            <Button onClick={() => void conversation.loadOlder()}>Show earlier messages</Button>
          </div>
        )}
        {messages.map((message) =>
          message.role === "user" ? (
            <UserMessage key={message.id} message={message} conversation={conversation} />
          ) : (
            <AnswerMessage
              key={message.id}
              message={message}
              conversation={conversation}
              isGrowing={isAnswering && message === last}
            />
          ),
        )}
        {isAnswering && last?.role === "user" && <Thinking />}
        <SpokenAnswer message={last} isGrowing={isAnswering} />
      </div>
    </div>
  );
}

function Thinking() {
  return (
    <p class="thinking">
      <span class="visually-hidden">The answer is on its way.</span>
      <span class="dots" aria-hidden="true" />
    </p>
  );
}

/** Scrolls to the end when a chat is opened and whenever its content grows, unless the person has scrolled up. */
function useFollowing(key: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  useLayoutEffect(() => {
    isFollowing.current = true;
  }, [key]);
  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return undefined;
    const onScroll = () => {
      const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
      isFollowing.current = rest < NEAR_PX;
    };
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(content);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, []);
  return scroller;
}
