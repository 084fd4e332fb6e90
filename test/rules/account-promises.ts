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
  // Another user's object is one that never existed.
  12: {
    "rules/owners.test.ts": [
      "in any path is answered like one that never existed, and stays as it was",
      "is answered alike with an API key of another user",
      "in any field or parameter is answered like one that never existed, and stays as it was",
    ],
    "rules/routes.test.ts": [
      "requires a sign-in, unless it is on the public list",
      "answers for another user's object as for a missing one, and for an invalid id",
    ],
    "features/turns/documents-hostile.test.ts": [
      "are neither in a prompt nor in a search, whatever ids and questions are sent",
    ],
    "features/turns/sockets.test.ts": [
      "is issued for the user's own chats alone, by a session that has not ended",
      "is refused when it is used, expired, of another chat, of an ended session, or invalid",
    ],
  },
  // Only tokens that we have signed for this purpose.
  13: {
    "rules/credentials.test.ts": [
      "refuses tokens of another algorithm or key, as bearer and in a cookie",
      "refuses tokens with another header, as bearer and in a cookie",
      "refuses tokens with other claims, as bearer and in a cookie",
      "refuses expired tokens and every credential of another purpose, as bearer and in a cookie",
    ],
    "features/auth/sessions.test.ts": [
      "is refused when any part of it was changed",
      "is never read from a query string, nor accepted under another scheme",
    ],
    "unit/tokens.test.ts": [
      "is refused when any bit of it was changed, or its length",
      "never lives longer than its kind, whatever its claims",
    ],
    "rules/api-keys.test.ts": [
      "refuses a key without one of its scopes, before it looks at the request",
      "refuses a key that is revoked, expired, mistyped, cut, or of another form",
    ],
    "features/turns/sockets.test.ts": ["opens one socket, however many try at once"],
  },
  // Cookies, and pages of other origins.
  14: {
    "rules/cross-site.test.ts": [
      "is refused from a page that is not allowed, before anything is looked up",
      "is refused as a form, as plain text and as an upload that a foreign page sends",
      "is refused also while the access token has expired, and renews no session",
      "takes JSON alone from an allowed page, where its body is JSON",
      "takes no form of a foreign page, and sets no cookie",
    ],
    "rules/cross-origin-errors.world.test.ts": [
      "may be read by a page of an allowed origin",
      "may be read by any other page where the request has a token, without credentials",
      "may be read by no other page where only the allowed origins may call",
      "of a cookie from a page that is not allowed is not readable there",
    ],
    "unit/cookies.test.ts": [
      "the session's cookies belong to this host alone, and no script reads them",
      "a cookie that a neighbouring host could have set is not read",
    ],
    "features/auth/browsers.test.ts": [
      "is signed in for thirty days by two cookies that no script can read",
      "never gets tokens from a refresh, only their lifetime",
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
  // Known and unknown accounts are answered alike; their times are compared by `npm run bench:timing`.
  15: {
    "features/auth/accounts.test.ts": [
      "answers an unknown account, a wrong password and a disabled account alike",
    ],
    "features/auth/register-races.world.test.ts": [
      "Twenty registrations of one address at once, in any case and two isolates, make one account and one session",
    ],
    "features/limits/sign-in.world.test.ts": [
      "are counted alike for an account that does not exist, in any spelling",
      "admit exactly the figure of registrations from an address, refused ones included",
    ],
    "features/auth/mails/reset.test.ts": [
      "is answered alike for known, unknown, disabled and passwordless accounts, and mailed to the known one alone",
    ],
  },
  // Only known fields are written, and logs hold no secret: the end of each run scans the log of every Worker.
  16: {
    "features/auth/accounts.test.ts": [
      "returns an account and its tokens, and nothing of the password",
      "cannot be activated, verified or reassigned by the client",
    ],
    "http/errors.test.ts": ["with unknown fields is refused, and each is named"],
    "features/system/log-secrets.world.test.ts": [
      "holds no password, token, cookie or mailed link of a sign-in",
      "holds nothing of a second factor, an API key or a ticket",
      "holds nothing of messages, answers, titles, documents and signed URLs",
      "holds nothing of requests and dependencies that fail",
      "holds no code, state or token of a sign-in",
    ],
    "unit/log-scan.test.ts": [
      "fails when a line of any Worker holds a secret",
      "fails when the log of a Worker was not collected",
    ],
    "features/auth/mails/reset.test.ts": ["appears in no log line"],
  },
  // What ends sessions, and what a stolen access token cannot do.
  18: {
    "features/auth/session-end.world.test.ts": [
      "closes the streams and sockets of the session, and neither the answer nor those of another session",
    ],
    "features/auth/session-end-delivery.world.test.ts": [
      "A session end whose notification was lost closes its streams and sockets within a minute, and no turn",
    ],
    "features/auth/session-list.test.ts": [
      "refuses its refresh token at once, closes its sockets, and leaves the others and running answers",
      "is refused by an access token whose own session has ended",
    ],
    "rules/outlived-tokens.test.ts": [
      "its account creates nothing and reads nothing, by any route",
      "its session reads for its fifteen minutes, but issues no credential",
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
      "counts once it is verified, and the old one is notified",
      "needs the password, and sends no mail without it",
    ],
  },
};
