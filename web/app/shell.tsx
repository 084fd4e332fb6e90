/** The frame of all views: the sidebar with the chats, and the view itself. */
import { useEffect, useRef } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { ChatSidebar } from "../chats/chat-sidebar.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/states.tsx";
import { DeveloperView } from "../developer/developer-view.tsx";
import { isDrawerOpen } from "./drawer.ts";
import { LazyPage } from "./lazy-page.tsx";
import { Navigation } from "./navigation.tsx";
import { path } from "./router.tsx";
import { findRoute } from "./routes.ts";
import { Shortcuts } from "./shortcuts.tsx";

export function Shell({ user }: { user: Schemas["User"] }) {
  const isOpen = isDrawerOpen.value;
  return (
    <div class="shell" data-drawer={isOpen ? "open" : "closed"}>
      <a class="skip-link" href="#content">
        Skip to the content
      </a>
      <header class="topbar">
        <Button
          icon="menu"
          label={isOpen ? "Close the menu" : "Open the menu"}
          aria-expanded={isOpen}
          aria-controls="sidebar"
          onClick={() => (isDrawerOpen.value = !isOpen)}
        />
        <span class="brand">Indifly</span>
      </header>
      <div class="drawer-shade" onClick={() => (isDrawerOpen.value = false)} />
      <aside class="sidebar" id="sidebar" aria-label="Chats and sections">
        <ChatSidebar />
        <Navigation user={user} />
      </aside>
      <View />
      <DeveloperView />
      <Shortcuts />
    </div>
  );
}

/** Moves the focus to the view when another one is opened, as a new document would. */
function View() {
  const found = findRoute(path.value);
  const content = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    isDrawerOpen.value = false;
    document.title = `${found?.route.title ?? "Not found"} · Indifly`;
    const isInside = content.current?.contains(document.activeElement);
    if (!isFirst.current && !isInside) content.current?.focus();
    isFirst.current = false;
  }, [path.value]);
  return (
    <main class="view" id="content" tabIndex={-1} ref={content}>
      {found ? <LazyPage load={found.route.load} params={found.params} /> : <NotFound />}
    </main>
  );
}

function NotFound() {
  return <EmptyState title="There is no such page" text="Choose a chat or a section." />;
}
