/** What can be done with a chat, from its row and from its head. */
import { signal } from "@preact/signals";
import { api } from "../../api/client.ts";
import { sentenceOf } from "../../api/problems.ts";
import { navigate, path } from "../../app/router.tsx";
import { toast } from "../../app/toast.tsx";
import { confirmed } from "../../ui/dialog.tsx";
import type { MenuAction } from "../../ui/menu.tsx";
import { notifyTabs } from "../tabs.ts";
import { type Chat, hideChat, pathOf, showChat } from "./chat-list.ts";

/** The chat whose title is being changed. */
export const renaming = signal<Chat | undefined>(undefined);

/** The actions of a menu. */
export function actionsOf(chat: Chat): MenuAction[] {
  return [
    { label: "Rename", icon: "edit", run: () => (renaming.value = chat) },
    {
      label: chat.pinned ? "Unpin" : "Pin",
      icon: "pin",
      run: () => void change(chat, { pinned: !chat.pinned }),
    },
    {
      label: chat.archived ? "Unarchive" : "Archive",
      icon: "archive",
      run: () => void archive(chat, !chat.archived),
    },
    { label: "Export as Markdown", icon: "download", run: () => download(chat, "markdown") },
    { label: "Export as JSON", icon: "download", run: () => download(chat, "json") },
    { label: "Delete", icon: "trash", isDangerous: true, run: () => void remove(chat) },
  ];
}

type Change = { title?: string; pinned?: boolean; archived?: boolean };

/** Changes it on the server, and then here. True where that succeeded. */
export async function change(chat: Chat, body: Change): Promise<boolean> {
  try {
    showChat(await api.patch("/chats/{id}", { path: { id: chat.id }, body }));
    notifyTabs(chat.id);
    return true;
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
    return false;
  }
}

async function archive(chat: Chat, archived: boolean): Promise<void> {
  const isDone = await change(chat, { archived });
  if (!isDone) return;
  toast(archived ? "Archived." : "Back in the list.", {
    action: { label: "Undo", run: () => void change(chat, { archived: !archived }) },
  });
}

async function remove(chat: Chat): Promise<void> {
  const isAgreed = await confirmed({
    title: "Delete this chat?",
    text: `“${chat.title}” and all of its messages are deleted for good. Its documents stay.`,
    confirm: "Delete",
  });
  if (!isAgreed) return;
  try {
    await api.delete("/chats/{id}", { path: { id: chat.id } });
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
    return;
  }
  hideChat(chat.id);
  notifyTabs(chat.id);
  if (path.peek() === pathOf(chat)) navigate("/app", { replace: true });
  toast("Deleted.");
}

function download({ id }: Chat, format: "markdown" | "json"): void {
  const link = document.createElement("a");
  link.href = `/chats/${id}/export?format=${format}&branches=${format === "json" ? "all" : "active"}`;
  link.download = "";
  link.click();
}
