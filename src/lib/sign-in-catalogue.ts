/** The part of the catalogue about accounts and signing in. */
import type { CatalogueEntry } from "./provider-catalogue.ts";

export const signInCatalogue = {
  unauthenticated: {
    status: 401,
    title: "Not signed in",
    detail: "Sign in to use this part of the API.",
  },
  invalid_credentials: {
    status: 401,
    title: "Wrong credentials",
    detail: "The e-mail address or the password is wrong.",
  },
  invalid_token: {
    status: 401,
    title: "Invalid token",
    detail: "The token is invalid or has expired. Sign in again.",
  },
  invalid_link: {
    status: 401,
    title: "Invalid link",
    detail: "The link is invalid, was used already or has expired. Ask for a new one.",
  },
  email_taken: {
    status: 409,
    title: "E-mail address taken",
    detail: "An account with this e-mail address already exists. Sign in, or use another address.",
  },
  too_many_password_checks: {
    status: 429,
    title: "Too many password checks",
    detail:
      "The server is checking too many passwords at the moment. Retry after the time in the Retry-After header.",
  },
  second_factor_required: {
    status: 401,
    title: "Second factor required",
    detail:
      "This account has a second factor. Send a code of the authenticator app or a recovery code; a sign-in goes on at POST /auth/login/totp with the `challenge` of this response.",
  },
  sign_in_expired: {
    status: 400,
    title: "Sign-in expired",
    detail:
      "This sign-in has expired, is complete, or was started in another browser. Start it again.",
  },
  identity_rejected: {
    status: 401,
    title: "Identity not verified",
    detail: "The response of the identity provider could not be verified. Start the sign-in again.",
  },
  invalid_sign_in_code: {
    status: 401,
    title: "Invalid code",
    detail:
      "The code is invalid, was used, has expired, or does not belong to the verifier. Start the sign-in again.",
  },
  sign_in_denied: {
    status: 403,
    title: "Sign-in denied",
    detail: "The identity provider denied the sign-in, or it was cancelled.",
  },
  account_deactivated: {
    status: 403,
    title: "Account deactivated",
    detail: "This account is deactivated. An administrator can reactivate it.",
  },
  identity_without_email: {
    status: 403,
    title: "No e-mail address",
    detail:
      "The identity provider has sent no e-mail address, which an account needs. An operator has to request the scope for it.",
  },
  link_required: {
    status: 409,
    title: "Account not linked",
    detail:
      "There is an account with this e-mail address. Sign in to it, then link the identity with POST /auth/oidc/link.",
  },
  identity_taken: {
    status: 409,
    title: "Identity taken",
    detail:
      "This identity is linked to another account, or the account is linked to another identity of the provider.",
  },
  identity_provider_failed: {
    status: 502,
    title: "Identity provider failed",
    detail: "The identity provider has refused the server, or its response is malformed.",
  },
  identity_provider_unavailable: {
    status: 503,
    title: "Identity provider unavailable",
    detail: "The identity provider cannot be reached right now. Retry in a moment.",
  },
  oidc_not_configured: {
    status: 404,
    title: "No identity provider",
    detail: "This server has no identity provider. An operator has to configure it.",
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
      "This change needs a session that was signed in through the identity provider a few minutes ago. Sign in again, then repeat it.",
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
  last_administrator: {
    status: 409,
    title: "Last administrator",
    detail:
      "This is the last active administrator. Make somebody else an administrator, then repeat the change.",
  },
  too_many_codes: {
    status: 429,
    title: "Too many codes",
    detail:
      "Too many codes were tried for this account. Retry after the time in the Retry-After header.",
  },
} as const satisfies Record<string, CatalogueEntry>;
