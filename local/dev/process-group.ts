/**
 * Runs a command as the leader of a process group, and stops the group when the parent is gone: the pipe on
 * stdin closes then, even after a SIGKILL that nobody could have handled.
 */
import { spawn } from "node:child_process";

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });

child.once("exit", (code) => process.exit(code ?? 1));
// The whole group is signalled at once: the leader stays until the command has ended cleanly.
process.on("SIGTERM", () => undefined);
process.stdin.resume().once("close", () => process.kill(-process.pid, "SIGKILL"));
