/** The tests that keep the promises about accounts. */
export const ACCOUNT_PROMISES: Record<number, Record<string, string[]>> = {
  // Refresh tokens.
  5: {
    "features/auth/sessions.test.ts": [
      "used twenty times at once advances the session by exactly one",
      "can be used again when the response was lost",
      "that was used long ago ends the session, whether the thief or the user sends it",
    ],
    "features/auth/refresh.test.ts": [
      "in two isolates move the counter by one, and all get the same successor",
      "and a sign-out end with the session ended, and no token that renews it",
      "whose response was lost on its way from Postgres or to the client is repeated with the same token",
      "with an older token ends the session, once, with an event, and never another user's",
      "does not extend the session beyond thirty days from the sign-in",
    ],
  },
  // Cookies, and pages of other origins.
  14: {
    "features/auth/browsers.test.ts": [
      "is signed in for thirty days by two cookies that no script can read",
      "changes nothing from a page that is not allowed, and reads from any page",
      "may read errors too, where it is allowed",
    ],
    "browser/sign-in.test.ts": ["cannot read its cookies by script, nor from a response"],
    "browser/strangers.test.ts": [
      "changes nothing by a form",
      "changes nothing by fetch or beacon",
      "reads no response",
      "cannot show a response in a frame",
      "follows no answer, by event source or by a socket, even with a ticket",
      "cannot sign the person out, nor renew the session",
    ],
  },
  // Known and unknown accounts are answered alike.
  15: {
    "features/auth/mails/reset.test.ts": [
      "is answered alike for known, unknown, disabled and passwordless accounts, and mailed to the known one alone",
    ],
  },
  // Logs hold no secret.
  16: { "features/auth/mails/reset.test.ts": ["appears in no log line"] },
  // What ends sessions, and what a stolen access token cannot do.
  18: {
    "features/auth/session-end.test.ts": [
      "closes the streams and sockets of the session, and neither the answer nor those of another session",
    ],
    "features/auth/session-end-delivery.test.ts": [
      "A session end whose notification was lost closes its streams and sockets within a minute, and no turn",
    ],
    "features/auth/session-list.test.ts": [
      "refuses its refresh token at once, closes its sockets, and leaves the others and running answers",
      "is refused by an access token whose own session has ended",
    ],
    "features/auth/password-change.test.ts": [
      "replaces it, ends the other sessions with their sockets, and keeps the current one",
      "during a sign-in with the old one leaves no session of that sign-in",
    ],
    "features/auth/mails/reset.test.ts": [
      "is replaced by the link of a mail, which ends all sessions and verifies the address",
      "is replaced by exactly one of twenty uses of the link at once",
    ],
    "features/auth/mails/verification.test.ts": [
      "counts once it is verified, and the old one is told",
      "needs the password, and sends no mail without it",
    ],
  },
};
