/** The page of `assistant.jsx`. */
import { Assistant } from "./assistant.jsx";
import { openChat } from "./open-chat.jsx";

await openChat(Assistant);
