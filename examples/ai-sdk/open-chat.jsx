/** Signs in, and shows the chat that the address names, or a new one. */
import { generateId } from "ai";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

const server = new URLSearchParams(location.search).get("server") ?? "http://localhost:8787";
const api = `${server}/ai-sdk/chat`;

async function signIn() {
  const kept = sessionStorage.getItem("token");
  if (kept) return kept;
  const [email, password] = [prompt("E-mail"), prompt("Password")];
  const body = JSON.stringify({ email, password });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${server}/auth/login`, { method: "POST", headers, body });
  const { access_token: token } = await response.json();
  sessionStorage.setItem("token", token);
  return token;
}

/** 404: nothing was sent in this chat yet. */
async function load(id, token) {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  const response = await fetch(`${api}/${encodeURIComponent(id)}/messages`, { headers });
  return response.ok ? response.json() : [];
}

/** `Chat` gets the address of the API, the id of the chat, the token, and the messages so far. */
export async function openChat(Chat) {
  // The client makes the id of a chat; the server keeps it beside its own.
  location.hash ||= generateId();
  const id = location.hash.slice(1);
  const token = await signIn();
  const initial = await load(id, token);
  createRoot(document.getElementById("root")).render(
    <StrictMode>
      <Chat api={api} id={id} token={token} initial={initial} />
    </StrictMode>,
  );
}
