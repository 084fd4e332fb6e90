/** What one tab does to a chat, the others of this browser show. */

const channel = new BroadcastChannel("indifly.chats");

/** Has the other tabs load the chat and the list again. */
export function notifyTabs(chatId: string): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none: it is of this origin alone.
  channel.postMessage(chatId);
}

/** Calls back with the chat that another tab has changed; with none when this tab is looked at again. */
export function onChange(listener: (chatId: string | undefined) => void): void {
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") listener(data);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") listener(undefined);
  });
  // A phone or another computer may have changed something meanwhile.
  window.addEventListener("focus", () => listener(undefined));
}
