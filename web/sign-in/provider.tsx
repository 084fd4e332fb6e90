/** The sign-in through the firm's identity provider, which leads back to this page. */
import { path, query } from "../app/router.tsx";

const SENTENCES: Record<string, string> = {
  sign_in_denied: "The identity provider has refused the sign-in.",
  link_required:
    "There is an account with this address. Sign in by its password, and link the provider in your account.",
  identity_provider_failed: "The identity provider does not respond as it should. Try again.",
};

export function Provider({ isAlone }: { isAlone: boolean }) {
  const code = query.value.get("error");
  const failure = code
    ? (SENTENCES[code] ?? "The sign-in through the identity provider has failed. Try again.")
    : undefined;
  const address = `/auth/oidc/start?return_to=${encodeURIComponent(path.value)}`;
  return (
    <>
      {!isAlone && <p class="sign-in-or">or</p>}
      <div role="alert">{failure && <p class="notice notice-danger">{failure}</p>}</div>
      <a class={`button ${isAlone ? "button-primary" : ""}`} href={address}>
        Sign in through your organisation
      </a>
    </>
  );
}
