/** Where the tokens of a sign-in are kept between two starts, by server: in the keyring, else in a file of mode 0600. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SharedTokens, Tokens } from "../../clients/ts/src/index.ts";
import { withFileLock } from "./file-lock.ts";
import { keyringOf, type Keyring } from "./keyring.ts";

export type Saved = { userId: string; email: string; tokens: Tokens };

export class TokenStore {
  readonly #url: string;
  readonly #folder: string;
  readonly #keyring: Keyring | undefined;
  /** Whose tokens this process uses. */
  #userId: string | undefined;

  constructor(url: string, env: NodeJS.ProcessEnv, platform = process.platform) {
    this.#url = url;
    this.#folder = join(configFolder(env, platform), "indifly-chat");
    this.#keyring = env.INDIFLY_KEYRING === "off" ? undefined : keyringOf(platform);
  }

  /** What an earlier start has kept. */
  open(): Saved | undefined {
    const saved = this.#read();
    this.#userId = saved?.userId;
    return saved;
  }

  /** Keeps a new sign-in, whoever was signed in before. */
  begin(saved: Saved): void {
    this.#userId = saved.userId;
    this.#write(saved);
  }

  /** Keeps renewed tokens; without any, forgets them. Tokens of somebody who has signed in meanwhile are left alone. */
  update(tokens: Tokens | undefined): void {
    const saved = this.#readOwn();
    if (!saved) return;
    if (tokens) this.#write({ ...saved, tokens });
    else this.#remove();
  }

  /** For the client: two terminals renew the same tokens one after the other. */
  get shared(): SharedTokens {
    return {
      exclusively: (task) => {
        mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
        return withFileLock(`${this.#file}.lock`, task);
      },
      read: () => this.#readOwn()?.tokens,
    };
  }

  get #file(): string {
    return join(this.#folder, `${encodeURIComponent(this.#url)}.json`);
  }

  #readOwn(): Saved | undefined {
    const saved = this.#read();
    return saved?.userId === this.#userId ? saved : undefined;
  }

  #read(): Saved | undefined {
    // Only written where the keyring took nothing.
    const text = readText(this.#file);
    const secret = text === "" ? this.#keyring?.find(this.#url) : undefined;
    return parseSaved(secret ? Buffer.from(secret, "base64url").toString() : text);
  }

  #write(saved: Saved): void {
    const text = JSON.stringify(saved);
    // Its letters need no quotes in a command of a keyring.
    const isKept = this.#keyring?.keep(this.#url, Buffer.from(text).toString("base64url"));
    if (isKept) rmSync(this.#file, { force: true });
    else this.#writeFile(text);
  }

  /** Renamed into its position: whoever reads it meanwhile sees the tokens before, or these. */
  #writeFile(text: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const part = `${this.#file}.${process.pid}.part`;
    rmSync(part, { force: true });
    writeFileSync(part, text, { mode: 0o600, flag: "wx" });
    renameSync(part, this.#file);
  }

  #remove(): void {
    this.#keyring?.remove(this.#url);
    rmSync(this.#file, { force: true });
  }
}

function configFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = env.HOME ?? env.USERPROFILE ?? "";
  if (platform === "win32") return env.APPDATA ?? join(home, "AppData", "Roaming");
  return env.XDG_CONFIG_HOME || join(home, ".config");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Undefined for what no version of this program has written. */
function parseSaved(text: string): Saved | undefined {
  try {
    const saved: Partial<Saved> | null = JSON.parse(text);
    const { userId, email, tokens } = saved ?? {};
    return userId && email && tokens ? { userId, email, tokens } : undefined;
  } catch {
    return undefined;
  }
}
