/** The rows of the list of chats. */
import { useEffect, useRef } from "preact/hooks";
import { Link } from "../../app/router.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { ErrorState, Loading } from "../../ui/states.tsx";
import { actionsOf } from "./chat-actions.ts";
import {
  type Chat,
  chats,
  filter,
  hasMoreChats,
  isListLoading,
  listError,
  loadChats,
  loadMoreChats,
  pathOf,
} from "./chat-list.ts";

export function ChatRows() {
  const some = chats.value;
  if (some.length === 0) return <NoRows />;
  return (
    <>
      <ul class="chat-rows">
        {some.map((chat) => (
          <ChatRow key={chat.id} chat={chat} />
        ))}
      </ul>
      {hasMoreChats.value && <More />}
    </>
  );
}

function NoRows() {
  if (listError.value) {
    return <ErrorState text={listError.value} onRetry={() => void loadChats()} />;
  }
  if (isListLoading.value) return <Loading label="Loading the chats" />;
  const { search, archived } = filter.value;
  const text = search ? "No title has these words." : "No archived chats.";
  return <p class="list-note">{search || archived ? text : "Your chats appear here."}</p>;
}

function ChatRow({ chat }: { chat: Chat }) {
  return (
    <li class="chat-row">
      <Link to={pathOf(chat)} class="chat-link" title={chat.title}>
        {chat.pinned && (
          <>
            <Icon name="pin" />
            <span class="visually-hidden">Pinned: </span>
          </>
        )}
        <span class="chat-title">{chat.title}</span>
      </Link>
      <Menu label={`Actions for ${chat.title}`} actions={actionsOf(chat)} />
    </li>
  );
}

/** Loads the next page when it comes into view, or when it is pressed. */
function More() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void loadMoreChats();
    });
    if (place.current) observer.observe(place.current);
    return () => observer.disconnect();
  }, [chats.value.length]);
  return (
    <div class="list-more" ref={place}>
      <Button onClick={() => void loadMoreChats()}>Show more</Button>
    </div>
  );
}
