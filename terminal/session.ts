/** The client of the server, with the tokens of an earlier start. */
import { ChatClient, type components, type Tokens } from "../clients/ts/src/index.ts";
import { TokenStore } from "./account/token-store.ts";

export type Session = {
  url: string;
  client: ChatClient;
  /** Keeps the tokens of a sign-in that has just succeeded. */
  keep: (user: Pick<components["schemas"]["User"], "id" | "email">) => void;
  /** An API key is in use: there is nobody to sign in or out. */
  hasApiKey: boolean;
};

/** Opens it; nobody may be signed in. */
export function openSession(url: string, env: NodeJS.ProcessEnv): Session {
  const store = new TokenStore(url, env);
  let latest: Tokens | undefined;
  const apiKey = env.INDIFLY_TOKEN || undefined;
  const client = new ChatClient({
    baseUrl: url,
    apiKey,
    tokens: apiKey === undefined ? store.open()?.tokens : undefined,
    onTokens: (tokens) => {
      latest = tokens;
      store.update(tokens);
    },
    shared: store.shared,
  });
  return {
    url,
    client,
    hasApiKey: apiKey !== undefined,
    keep: ({ id, email }) => {
      if (latest) store.begin({ userId: id, email, tokens: latest });
    },
  };
}
