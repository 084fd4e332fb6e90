/**
 * The keyring of the operating system, by its own commands: `secret-tool` (libsecret) on Linux, `security` on macOS.
 * No package: its native binary would be larger than the rest of the terminal (docs/decisions.md).
 */
import { spawnSync } from "node:child_process";

const SERVICE = "indifly-chat";
/** A person may have to unlock the keyring. */
const TIMEOUT_MS = 60_000;

export type Keyring = {
  /** Undefined where there is no such secret. */
  find: (name: string) => string | undefined;
  /** False where the keyring does not take it. */
  keep: (name: string, secret: string) => boolean;
  remove: (name: string) => void;
};

/** Of this platform; the secret never stands among a command's arguments, which every user of the machine can read. */
export function keyringOf(platform: NodeJS.Platform): Keyring | undefined {
  if (platform === "linux") return SECRET_TOOL;
  return platform === "darwin" ? SECURITY : undefined;
}

const SECRET_TOOL: Keyring = {
  find: (name) => run("secret-tool", ["lookup", "service", SERVICE, "server", name]),
  keep: (name, secret) => {
    const label = ["--label", `Indifly chat: ${name}`];
    const args = ["store", ...label, "service", SERVICE, "server", name];
    return run("secret-tool", args, secret) !== undefined;
  },
  remove: (name) => void run("secret-tool", ["clear", "service", SERVICE, "server", name]),
};

const SECURITY: Keyring = {
  find: (name) => run("security", ["find-generic-password", "-s", SERVICE, "-a", name, "-w"]),
  keep: (name, secret) => {
    const command = `add-generic-password -U -s "${SERVICE}" -a "${name}" -w "${secret}"\n`;
    return run("security", ["-i"], command) !== undefined && SECURITY.find(name) === secret;
  },
  remove: (name) => void run("security", ["delete-generic-password", "-s", SERVICE, "-a", name]),
};

/** What a command prints; undefined where it is missing or fails. */
function run(command: string, args: string[], input = ""): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    input,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    stdio: ["pipe", "pipe", "ignore"],
  });
  return status === 0 ? stdout.trim() : undefined;
}
