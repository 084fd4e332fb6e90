/** The client of the chat API. See README.md. */
import {
  call,
  type CallOptions,
  type OperationOf,
  type PathOf,
  type ResultOf,
  type Untyped,
} from "./call.ts";
import type { components } from "./schema.ts";
import { Session, type SessionOptions } from "./session.ts";
import { EVENT_STREAM, type ReadOptions, toPost, Turn } from "./turn.ts";

export { textAfter, type TurnEvent } from "./events.ts";
export { ApiError, type ProblemBody } from "./problem.ts";
export type { SessionOptions, SharedTokens, Tokens } from "./session.ts";
export { type ReadOptions, Turn } from "./turn.ts";
export type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];

export type SendOptions = ReadOptions & {
  /** Default: a new one. Give the one of an earlier call to read its turn again, instead of starting another. */
  idempotencyKey?: string;
};

/** The call of one method. All members of `options` that its operation requires are required. */
type Call<M extends "get" | "post" | "put" | "patch" | "delete"> = <P extends PathOf<M>>(
  path: P,
  ...options: object extends CallOptions<OperationOf<M, P>>
    ? [CallOptions<OperationOf<M, P>>?]
    : [CallOptions<OperationOf<M, P>>]
) => Promise<ResultOf<OperationOf<M, P>>>;

export class ChatClient {
  readonly #session: Session;
  readonly get = this.#calls("get");
  readonly post = this.#calls("post");
  readonly put = this.#calls("put");
  readonly patch = this.#calls("patch");
  readonly delete = this.#calls("delete");

  constructor(options: SessionOptions) {
    this.#session = new Session(options);
  }

  get isSignedIn(): boolean {
    return this.#session.isSignedIn;
  }

  /** Creates an account, and signs in. */
  async signUp(body: Schemas["Register"]): Promise<Schemas["User"]> {
    return this.#signIn(await this.post("/auth/register", { body }));
  }

  /** Rejects with `second_factor_required`, whose `problem.challenge` goes to `signInWithCode`, where there is one. */
  async signIn(body: Schemas["Login"]): Promise<Schemas["User"]> {
    return this.#signIn(await this.post("/auth/login", { body }));
  }

  /** The second step of a sign-in: a code of the authenticator app, or a recovery code. */
  async signInWithCode(body: { challenge: string; code: string }): Promise<Schemas["User"]> {
    return this.#signIn(await this.post("/auth/login/totp", { body }));
  }

  /** Ends the session here even where the server cannot be reached. */
  async signOut(): Promise<void> {
    try {
      await this.post("/auth/logout");
    } finally {
      this.#session.clear();
    }
  }

  /** Sends a user message, and reads the answer; in a new chat without `chat_id`. */
  send(body: Schemas["Ask"], options: SendOptions = {}): Turn {
    return this.#start("POST", "/chat", body, options);
  }

  /** Generates another answer; `messageId` is that of an answer or of its user message. */
  regenerate(
    messageId: string,
    body: Schemas["AnswerAgain"] = {},
    options: SendOptions = {},
  ): Turn {
    return this.#start(
      "POST",
      `/messages/${encodeURIComponent(messageId)}/regenerate`,
      body,
      options,
    );
  }

  /** Sends another user message beside this one, on a branch of its own, and reads its answer. */
  edit(messageId: string, body: Schemas["AskInChat"], options: SendOptions = {}): Turn {
    return this.#start("PATCH", `/messages/${encodeURIComponent(messageId)}`, body, options);
  }

  /**
   * Reads the turn that runs in a chat, from its start; with the id of an event, the rest of the turn that it belongs to.
   * There are no events where no turn is running.
   */
  follow(chatId: string, options: ReadOptions & { after?: number } = {}): Turn {
    const { after, ...rest } = options;
    return new Turn({ fetch: this.#fetch, chatId: encodeURIComponent(chatId), after }, rest);
  }

  readonly #fetch = (path: string, init: RequestInit) => this.#session.fetch(path, init);

  #start(method: "POST" | "PATCH", path: string, body: object, options: SendOptions): Turn {
    const { idempotencyKey = crypto.randomUUID(), ...rest } = options;
    const json = JSON.stringify({ ...body, stream: true });
    const init = { ...toPost(json, EVENT_STREAM, idempotencyKey), method };
    return new Turn({ fetch: this.#fetch, start: { path, init } }, rest);
  }

  #signIn<T extends Schemas["SignedIn"]>(response: T): T["user"] {
    this.#session.accept(response);
    return response.user;
  }

  #calls<M extends "get" | "post" | "put" | "patch" | "delete">(method: M): Call<M> {
    return ((path, ...[options]) =>
      call(this.#session, method, path, (options ?? {}) as Untyped)) as Call<M>;
  }
}
