/** A chat of the AI SDK 5, 6 or 7 with this API, unchanged: `useChat` with its default transport. */
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { useState } from "react";

/** `initial`: the messages of `GET {api}/{id}/messages`; none in a new chat. */
export function Chat({ api, id, token, initial }) {
  const [title, setTitle] = useState("");
  const [draft, setDraft] = useState({ text: "" });
  const { messages, sendMessage, regenerate, stop, resumeStream, status, error } = useChat({
    id,
    messages: initial,
    // Continues an answer that is running, after a reload and in a second tab.
    resume: true,
    transport: new DefaultChatTransport({ api, headers: { authorization: `Bearer ${token}` } }),
    onData: (part) => part.type === "data-title" && setTitle(part.data),
  });

  /** With a message's id it is edited; the chat goes on from there. */
  const submit = (event) => {
    event.preventDefault();
    setDraft({ text: "" });
    void sendMessage(draft);
  };

  return (
    <main>
      <h1>{title}</h1>
      {messages.map((message) => (
        <article key={message.id} data-role={message.role}>
          {message.parts.map((part, index) => (
            <Part key={index} part={part} />
          ))}
          {message.role === "user" && (
            <button onClick={() => setDraft({ text: textOf(message), messageId: message.id })}>
              Edit
            </button>
          )}
        </article>
      ))}
      <form onSubmit={submit}>
        <input
          aria-label="Message"
          value={draft.text}
          onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        />
        <button>Send</button>
      </form>
      <button onClick={() => stop()}>Close the stream</button>
      <button onClick={() => stopAnswer({ api, id, token })}>Stop</button>
      <button onClick={() => regenerate()}>Regenerate</button>
      <button onClick={() => resumeStream()}>Resume</button>
      <output id="status">{status}</output>
      <p role="alert">{error?.message}</p>
    </main>
  );
}

function Part({ part }) {
  if (part.type === "text") return <p>{part.text}</p>;
  if (part.type === "reasoning") return <details>{part.text}</details>;
  if (part.type !== "source-document") return null;
  const { page, quote } = part.providerMetadata.indifly;
  return (
    <cite title={quote}>
      {part.title}
      {page && `, page ${page}`}
    </cite>
  );
}

function textOf({ parts }) {
  return parts.flatMap((part) => (part.type === "text" ? part.text : [])).join("\n");
}

/** Closing the stream leaves the answer running; this ends it, and its stream. */
function stopAnswer({ api, id, token }) {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${api}/${encodeURIComponent(id)}/stop`, { method: "POST", headers });
}
