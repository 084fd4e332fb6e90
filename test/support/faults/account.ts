/** A user who stays signed in for as long as a run takes. */
import { anonymous, type SignedIn, signUp } from "../client.ts";
import type { Person } from "./actors.ts";

/** Well below the fifteen minutes of an access token, and longer than any world. */
const FRESH_MS = 5 * 60_000;

export class Account {
  readonly #id: string;
  #tokens: Promise<{ access: string; refresh: string }>;
  #since = Date.now();

  static async open(): Promise<Account> {
    return new Account(await signUp());
  }

  private constructor({ user, accessToken, refreshToken }: SignedIn) {
    this.#id = String(user.id);
    this.#tokens = Promise.resolve({ access: accessToken, refresh: refreshToken });
  }

  /** With an access token that is valid for minutes. */
  async person(): Promise<Person> {
    if (Date.now() - this.#since > FRESH_MS) {
      this.#since = Date.now();
      this.#tokens = this.#refresh();
    }
    return { id: this.#id, token: (await this.#tokens).access };
  }

  async #refresh(): Promise<{ access: string; refresh: string }> {
    const { refresh } = await this.#tokens;
    const { status, body } = await anonymous().post("/auth/refresh", { refresh_token: refresh });
    if (status !== 200) throw new Error(`not signed in any more: ${status}`);
    return { access: body.access_token, refresh: body.refresh_token };
  }
}
