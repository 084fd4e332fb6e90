/** Security events in words. */
import type { Schemas } from "../api/client.ts";
import { countryName, deviceName } from "./device-name.ts";

type Kind = Schemas["SecurityEventKind"];
type Details = Schemas["SecurityEvent"]["details"];

export const EVENT_NAMES: Record<Kind, string> = {
  account_created: "Account created",
  account_deactivated: "Account deactivated",
  account_reactivated: "Account reactivated",
  account_erased: "Account deleted",
  account_exported: "Data exported",
  signed_in: "Signed in",
  sign_in_failed: "Sign-in failed",
  signed_out: "Signed out",
  session_ended: "Device signed out",
  other_sessions_ended: "Other devices signed out",
  refresh_token_replayed: "Session ended: its token was used twice",
  password_changed: "Password changed",
  password_reset_requested: "Mail to reset the password requested",
  password_reset: "Password reset by mail",
  email_change_requested: "New e-mail address requested",
  email_verified: "E-mail address verified",
  second_factor_enabled: "Second factor turned on",
  second_factor_disabled: "Second factor turned off",
  second_factor_failed: "Wrong code of the second factor",
  recovery_code_used: "Recovery code used",
  identity_linked: "Identity linked",
  api_key_created: "API key created",
  api_key_changed: "API key changed",
  api_key_revoked: "API key revoked",
  role_changed: "Role changed",
  budget_changed: "Budget changed",
};

/** Where the request came from: "Firefox on Linux, 192.0.2.7, Switzerland". */
export function originText(details: Details): string {
  if (details === null) return "Erased";
  const { address, user_agent: userAgent, country } = details;
  return [
    typeof userAgent === "string" && deviceName(userAgent),
    typeof address === "string" && address,
    typeof country === "string" && countryName(country),
  ]
    .filter(Boolean)
    .join(", ");
}

const ORIGIN = new Set(["address", "user_agent", "country"]);

/** What the kind of event adds: "method: password, role: admin". */
export function detailText(details: Details): string {
  return Object.entries(details ?? {})
    .filter(([name, value]) => !ORIGIN.has(name) && value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`)
    .join(", ");
}
