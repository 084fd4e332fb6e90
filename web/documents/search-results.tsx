/** What a search finds in the documents. */
import { api, type Schemas } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { Link } from "../app/router.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { placeUrl } from "./place.ts";
import { Snippet } from "./snippet.tsx";

const MOST_HITS = 50;

export function SearchResults({ words }: { words: string }) {
  const found = useResource(
    (signal) =>
      api.get("/search", { query: { q: words, scope: "files", limit: MOST_HITS }, signal }),
    words,
  );
  return (
    <Loaded of={found} label="Searching">
      {({ hits }) =>
        hits.length === 0 ? (
          <EmptyState title="Nothing found" text="Try other or fewer words." />
        ) : (
          <Hits hits={hits} />
        )
      }
    </Loaded>
  );
}

function Hits({ hits }: { hits: readonly Schemas["SearchHit"][] }) {
  return (
    <>
      <p class="muted" role="status">
        {hits.length === 1 ? "1 passage" : `${hits.length} passages`}
      </p>
      <ol class="hits" aria-label="Passages">
        {hits.map((hit) => (
          <Hit key={`${hit.file_id}-${hit.start}`} hit={hit} />
        ))}
      </ol>
    </>
  );
}

function Hit({ hit }: { hit: Schemas["SearchHit"] }) {
  const { file_id: id = "", file_name: name, page, headings } = hit;
  const at = page === undefined ? headings?.at(-1) : `page ${page}`;
  return (
    <li class="hit">
      <Link to={placeUrl({ ...hit, file_id: id })}>{at ? `${name}, ${at}` : name}</Link>
      <Snippet html={hit.snippet} />
    </li>
  );
}
