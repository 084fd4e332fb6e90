/** Messages whose text has the words of the search: the list itself finds titles. */
import { Link } from "../../app/router.tsx";
import { api } from "../../api/client.ts";
import { useResource } from "../../api/resource.ts";

export function MessageHits({ search }: { search: string }) {
  const { data } = useResource(
    (signal) => api.get("/search", { query: { q: search, scope: "messages", limit: 10 }, signal }),
    search,
  );
  if (!data || data.hits.length === 0) return null;
  return (
    <section aria-labelledby="in-messages">
      <h2 class="list-heading" id="in-messages">
        In messages
      </h2>
      <ul class="chat-rows">
        {data.hits.map(({ chat_id, message_id, chat_title, snippet }) => (
          <li key={message_id}>
            <Link to={`/app/chats/${chat_id ?? ""}`} class="hit">
              <span class="hit-title">{chat_title}</span>
              <Snippet html={snippet} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

/** Escaped text with matches in `<mark>`, of which nothing is taken as HTML here. */
function Snippet({ html }: { html: string }) {
  const parts = html.split(/<\/?mark>/);
  return (
    <span class="hit-text">
      {parts.map((part, index) => {
        const text = part.replaceAll(/&(lt|gt|amp|quot|#39);/g, (_, name) => ENTITIES[name] ?? "");
        return index % 2 === 1 ? <mark key={index}>{text}</mark> : text;
      })}
    </span>
  );
}
