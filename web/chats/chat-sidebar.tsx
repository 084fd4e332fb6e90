/** The chats of the person. */
import { Link } from "../app/router.tsx";
import { Icon } from "../ui/icon.tsx";

export function ChatSidebar() {
  return (
    <div class="sidebar-head">
      <span class="brand">Indifly</span>
      <Link to="/app" class="button button-primary">
        <Icon name="plus" />
        New chat
      </Link>
    </div>
  );
}
