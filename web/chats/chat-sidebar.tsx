/** The chats of the person: a new one, the search, and the list. */
import { Link } from "../app/router.tsx";
import { SEARCH_ID } from "../app/shortcuts.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { filter } from "./list/chat-list.ts";
import { ChatRows } from "./list/chat-rows.tsx";
import { MessageHits } from "./list/message-hits.tsx";
import { RenameDialog } from "./list/rename-dialog.tsx";

/** Shorter words find too much in messages. */
const SHORTEST_SEARCH = 3;

export function ChatSidebar() {
  const { search, archived } = filter.value;
  return (
    <>
      <div class="sidebar-head">
        <span class="brand">Indifly</span>
        <Link to="/app" class="button button-primary">
          <Icon name="plus" />
          New chat
        </Link>
        <input
          id={SEARCH_ID}
          type="search"
          aria-label="Search the chats"
          placeholder="Search"
          value={search}
          onInput={(event) => (filter.value = { archived, search: event.currentTarget.value })}
        />
      </div>
      <nav class="chat-list" aria-label="Chats">
        <div class="list-head">
          <h2 class="list-heading">{archived ? "Archived chats" : "Chats"}</h2>
          <Button
            icon="archive"
            label={archived ? "Show the current chats" : "Show the archived chats"}
            aria-pressed={archived}
            onClick={() => (filter.value = { search, archived: !archived })}
          />
        </div>
        <ChatRows />
        {search.trim().length >= SHORTEST_SEARCH && <MessageHits search={search.trim()} />}
      </nav>
      <RenameDialog />
    </>
  );
}
