/**
 * The texts of mails. They contain nothing that a user wrote except addresses: whoever registers with another person's
 * address must not be able to write to it.
 */
import type { Mail } from "../../../clients/mail.ts";

type Content = { subject: string; before: string[]; link?: string; after: string[] };

const IGNORE = "If you did not ask for this, ignore this mail: nothing changes.";
const VALID = "The link can be used once, within an hour.";

/** The mail with which a person proves that the address is theirs. */
export function verifyEmailMail(to: string, link: string): Mail {
  return render(to, {
    subject: "Verify your e-mail address",
    before: [`Open this link to verify that ${to} is your e-mail address at Indifly:`],
    link,
    after: [VALID, IGNORE],
  });
}

/** The mail with which a person sets another password. */
export function resetPasswordMail(to: string, link: string): Mail {
  return render(to, {
    subject: "Set a new password",
    before: ["Open this link to set a new password for your account at Indifly:"],
    link,
    after: [VALID, "A new password ends all sessions and API keys of the account.", IGNORE],
  });
}

/** The warning to the current address that another one is to replace it. */
export function emailChangingMail(to: string): Mail {
  return render(to, {
    subject: "Your e-mail address is about to change",
    before: [
      "Somebody who knows your password has asked to replace this e-mail address of your account at Indifly by another one. It will be replaced once the other address is verified.",
    ],
    after: ["If it was not you, change your password now, and end your other sessions."],
  });
}

/** `APP_URL` may have a path. The token is in the fragment, which no server and no log receives. */
export function linkTo(
  appUrl: string,
  action: "verify_email" | "reset_password",
  token: string,
): string {
  return `${appUrl.replace(/\/$/, "")}/app#${action}=${token}`;
}

function render(to: string, { subject, before, link, after }: Content): Mail {
  const text = [...before, ...(link === undefined ? [] : [link]), ...after].join("\n\n");
  const anchor = link === undefined ? [] : [`<a href="${escape(link)}">${escape(link)}</a>`];
  const paragraphs = [...before.map(escape), ...anchor, ...after.map(escape)];
  const body = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join("\n");
  const html = `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${escape(subject)}</title></head>\n<body>\n${body}\n</body></html>\n`;
  return { to, subject, text: `${text}\n`, html };
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
