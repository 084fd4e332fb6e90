/** Amazon SES, which sends the mails of password resets and address changes. */
import type { Settings } from "../settings.ts";
import { broken, doubtful, type Finding, off, ok } from "./finding.ts";
import { regionOf, signedGet } from "./signed.ts";

const PART = "mail";
const NEEDED = ["MAIL_FROM", "APP_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/** Sends no mail. */
export async function checkMail(settings: Settings): Promise<Finding> {
  if (settings.MAIL_FROM === undefined)
    return off(PART, "MAIL_FROM is not set: no mails are sent.");
  const missing = NEEDED.filter((name) => settings[name] === undefined);
  if (missing.length > 0) {
    return broken(
      PART,
      `${missing.join(", ")} is missing.`,
      "Mails need them all; the key needs the right ses:SendEmail.",
    );
  }
  const { SES_ENDPOINT: endpoint = `https://email.${regionOf(settings)}.amazonaws.com` } = settings;
  const url = `${endpoint.replace(/\/+$/, "")}/v2/email/account`;
  const account = await signedGet(settings, "ses", url).catch(() => undefined);
  if (!account)
    return broken(PART, "SES cannot be reached.", "Check AWS_REGION: not every region has SES.");
  if (account.status === 200) return readAccount(account.text);
  return refused(account.status);
}

function refused(status: number): Finding {
  const says = `SES refuses to describe the account (${status}).`;
  const mend = "The key needs ses:SendEmail; with ses:GetAccount too, its state can be checked.";
  return doubtful(PART, says, mend);
}

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html */
function readAccount(text: string): Finding {
  const account = parse(text);
  if (account.SendingEnabled === false) {
    return broken(
      PART,
      "SES has paused sending for this account.",
      "See the reputation dashboard of SES.",
    );
  }
  if (account.ProductionAccessEnabled === false) {
    return doubtful(
      PART,
      "SES is in its sandbox: only verified addresses get mails.",
      "Request production access in the console of SES.",
    );
  }
  return ok(PART, "SES accepts the key, and sends.");
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
