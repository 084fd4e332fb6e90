/** Refuses guessable passwords (NIST SP 800-63B section 3.1.1.2) without composition rules. */
import { invalidField, type Problem } from "../../lib/problem.ts";
import { isCommonPassword } from "./common-passwords.ts";

/** Throws a 422 for a common password, and for the account's own name or address. */
export async function checkPassword(
  password: string,
  account: { name: string; email: string },
  pointer = "/password",
): Promise<void> {
  const folded = fold(password);
  if (await isCommonPassword(folded)) throw refuse(pointer, "common_password", COMMON);
  const [mailbox = ""] = account.email.split("@");
  const own = [account.name, account.email, mailbox].map(fold);
  if (own.includes(folded)) throw refuse(pointer, "own_name", OWN);
}

/** In the form that is hashed (NFC), regardless of case. */
function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

const COMMON = "This password is too common. Choose another one.";
const OWN = "The password must not be your name or e-mail address. Choose another one.";

function refuse(pointer: string, code: string, detail: string): Problem {
  return invalidField(pointer, code, detail);
}
