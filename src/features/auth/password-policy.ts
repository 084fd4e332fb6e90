/** Which passwords are refused (NIST SP 800-63B section 3.1.1.2): guessable ones, not "simple" ones. */
import { invalidField, type Problem } from "../../lib/problem.ts";
import { isCommonPassword } from "./common-passwords.ts";

/** Throws a 422 for a common password, or one that is the account's own name or address. */
export function checkPassword(
  password: string,
  account: { name: string; email: string },
  pointer = "/password",
): void {
  const folded = fold(password);
  if (isCommonPassword(folded)) throw refuse(pointer, "common_password", COMMON);
  const [mailbox = ""] = account.email.split("@");
  const own = [account.name, account.email, mailbox].map(fold);
  if (own.includes(folded)) throw refuse(pointer, "own_name", OWN);
}

/** As it is kept, regardless of case. */
function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

const COMMON = "This password is among the first that anybody would try. Choose another.";
const OWN = "A name or an e-mail address is no password. Choose another.";

function refuse(pointer: string, code: string, detail: string): Problem {
  return invalidField(pointer, code, detail);
}
