/** The page of `chat.jsx`. */
import { Chat } from "./chat.jsx";
import { openChat } from "./open-chat.jsx";

await openChat(Chat);
