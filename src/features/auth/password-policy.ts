/** Which passwords are refused (NIST SP 800-63B section 3.1.1.2): guessable ones, not "simple" ones. */
import { invalidField, type Problem } from "../../lib/problem.ts";
import { COMMON_PASSWORDS } from "./common-passwords.ts";

/** Throws a 422 for a common password, or one that is the account's own name or address. */
export function checkPassword(
  password: string,
  account: { name: string; email: string },
  pointer = "/password",
): void {
  const folded = password.normalize("NFC").toLowerCase();
  if (COMMON_PASSWORDS.has(folded)) throw refuse(pointer, "common_password", COMMON);
  const [mailbox = ""] = account.email.toLowerCase().split("@");
  const own = [account.name.toLowerCase(), account.email.toLowerCase(), mailbox];
  if (own.includes(folded)) throw refuse(pointer, "own_name", OWN);
}

const COMMON = "This password is among the first that anybody would try. Choose another.";
const OWN = "A name or an e-mail address is no password. Choose another.";

function refuse(pointer: string, code: string, detail: string): Problem {
  return invalidField(pointer, code, detail);
}
