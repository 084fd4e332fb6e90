/** Requests that are signed in: the access token is renewed before it expires, or when it is refused. */
import { toApiError } from "./problem.ts";

export type Tokens = {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
};

/** Where several programs of one person keep the tokens of one session, which they renew one after the other. */
export type SharedTokens = {
  /** Runs a task while no other program runs one. */
  exclusively: (task: () => Promise<void>) => Promise<void>;
  /** The stored tokens; undefined once another program has signed out. */
  read: () => Tokens | undefined;
};

export type SessionOptions = {
  /** Of the API, without a slash at its end. */
  baseUrl: string;
  /** An API key (`ifk_…`), in place of tokens. */
  apiKey?: string | undefined;
  /** The tokens of an earlier sign-in. */
  tokens?: Tokens | undefined;
  /** Where to keep the tokens: called with new ones, and without any once the session has ended. */
  onTokens?: ((tokens: Tokens | undefined) => void) | undefined;
  /** Where other programs renew the same tokens. */
  shared?: SharedTokens | undefined;
  /** "include" for a browser that signs in by cookies. */
  credentials?: "include" | "same-origin" | "omit" | undefined;
  fetch?: typeof fetch | undefined;
};

/** So long before its end, a token is renewed: a request is still under way then. */
const MARGIN_MS = 30_000;

type TokenResponse = { access_token: string; refresh_token: string; expires_in: number };

export class Session {
  readonly #options: SessionOptions;
  #tokens: Tokens | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#tokens = options.tokens;
  }

  get isSignedIn(): boolean {
    return this.#tokens !== undefined;
  }

  /** Keeps the tokens of a sign-in. */
  accept({ access_token, refresh_token, expires_in }: TokenResponse): void {
    const expiresAt = Date.now() + expires_in * 1_000;
    this.#keep({ accessToken: access_token, refreshToken: refresh_token, expiresAt });
  }

  /** Forgets the tokens. */
  clear(): void {
    this.#keep(undefined);
  }

  /**
   * The response to a request to a path of the API, once more with a new token where the old one is refused. Rejects as
   * `fetch` does, and with an `ApiError` where the tokens cannot be renewed for now.
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const tokens = this.#tokens;
    if (tokens && isEnding(tokens)) await this.#refresh(tokens);
    const sent = this.#tokens;
    const response = await this.#send(path, init);
    if (response.status !== 401 || !sent) return response;
    await response.body?.cancel();
    await this.#refresh(sent);
    return this.#send(path, init);
  }

  #send(path: string, init: RequestInit): Promise<Response> {
    const { apiKey, baseUrl, credentials } = this.#options;
    const token = apiKey ?? this.#tokens?.accessToken;
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const request = this.#options.fetch ?? fetch;
    return request(baseUrl + path, { ...init, ...(credentials && { credentials }), headers });
  }

  /** One request, however many calls wait for it; none where another call has renewed these tokens meanwhile. */
  async #refresh(used: Tokens): Promise<void> {
    if (this.#tokens !== used) return;
    this.#refreshing ??= this.#renewOnce(used).finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  /** Takes over the tokens that another program has renewed; otherwise renews them. */
  async #renewOnce(used: Tokens): Promise<void> {
    const { shared } = this.#options;
    if (!shared) return this.#renew(used);
    await shared.exclusively(async () => {
      const stored = shared.read();
      if (!stored) return this.clear();
      const isRenewed = stored.refreshToken !== used.refreshToken && !isEnding(stored);
      return isRenewed ? this.#keep(stored) : this.#renew(stored);
    });
  }

  /** A lost response may be asked for again: the server repeats the tokens that it has issued. */
  async #renew({ refreshToken }: Tokens): Promise<void> {
    const request = this.#options.fetch ?? fetch;
    const response = await request(`${this.#options.baseUrl}/auth/refresh`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refresh_token: refreshToken }),
    });
    if (response.ok) return this.accept(await response.json());
    const error = await toApiError(response);
    if (error.status !== 401) throw error;
    this.clear();
  }

  #keep(tokens: Tokens | undefined): void {
    this.#tokens = tokens;
    this.#options.onTokens?.(tokens);
  }
}

function isEnding({ expiresAt }: Tokens): boolean {
  return expiresAt - MARGIN_MS < Date.now();
}
