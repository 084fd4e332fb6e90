/** The part of the catalogue about the second factor and the identity provider. */
import type { CatalogueEntry } from "./provider-catalogue.ts";

export const signInCatalogue = {
  second_factor_required: {
    status: 401,
    title: "Second factor required",
    detail:
      "This account has a second factor. Send a code of the authenticator app or a recovery code; a sign-in goes on at POST /auth/login/totp with the `challenge` of this response.",
  },
  invalid_challenge: {
    status: 401,
    title: "Invalid challenge",
    detail: "The challenge is invalid or has expired. Sign in with the password again.",
  },
  invalid_code: {
    status: 401,
    title: "Wrong code",
    detail:
      "The code is wrong, has expired, or was used before. Wait for the next code of the app, or use another recovery code.",
  },
  fresh_sign_in_required: {
    status: 403,
    title: "Fresh sign-in required",
    detail:
      "This change needs a session that was signed in through the identity provider in the last 10 minutes. Sign in again, then repeat it.",
  },
  password_sign_in_off: {
    status: 403,
    title: "No sign-in by password",
    detail:
      "This server has no passwords. Sign in through the identity provider at GET /auth/oidc/start.",
  },
  second_factor_enabled: {
    status: 409,
    title: "Second factor enabled",
    detail: "This account has a second factor. Disable it before you enrol another app.",
  },
  no_second_factor: {
    status: 409,
    title: "No second factor",
    detail:
      "There is no second factor to confirm or to disable. Begin an enrolment with POST /auth/totp.",
  },
  too_many_codes: {
    status: 429,
    title: "Too many codes",
    detail:
      "Too many codes were tried for this account. Retry after the time in the Retry-After header.",
  },
} as const satisfies Record<string, CatalogueEntry>;
