/** Wire shapes of sign-in through the identity provider. */
import { z } from "@hono/zod-openapi";
import { QueryText, text } from "../../../http/fields.ts";
import { onDemand } from "../../../http/on-demand.ts";
import { GivenCode, GivenPassword } from "../schemas.ts";

/** SHA-256 in Base64url (RFC 7636 section 4.2). */
const CodeChallenge = z
  .string()
  .regex(/^[\w-]{43}$/, "This is not an S256 challenge.")
  .openapi({ description: "With `mode=code`: the S256 challenge of PKCE (RFC 7636)." });

const ReturnTo = QueryText.openapi({
  description:
    "An own path, or a URL of an allowed origin. With `mode=code` and `code_challenge` also http://127.0.0.1 or http://[::1] with any port and path.",
  example: "http://localhost:3000/welcome",
});

export const StartQuery = z
  .object({
    return_to: ReturnTo.optional(),
    mode: z.enum(["cookie", "code"]).default("cookie").openapi({
      description:
        "`cookie` sets the session cookies. `code` adds a `code` to `return_to`, or responds with it, for POST /auth/oidc/exchange.",
    }),
    code_challenge: CodeChallenge.optional(),
  })
  .openapi("OidcStart");

/** What a provider sends is checked by the library for its protocol. */
export const CallbackQuery = z.object({
  state: z.string().optional().openapi({ description: "Names the sign-in that was started." }),
  code: z.string().optional().openapi({ description: "The provider's authorization code." }),
  iss: z.string().optional().openapi({ description: "The provider's issuer (RFC 9207)." }),
  error: z.string().optional().openapi({ description: "Why the provider refused." }),
});

export const SignInCode = onDemand(() =>
  z
    .object({
      code: z.string().openapi({ description: "To be exchanged once for tokens." }),
      expires_in: z.int().openapi({ description: "Seconds.", example: 60 }),
    })
    .openapi("SignInCode"),
);

export const CodeExchange = z
  .strictObject({
    code: text({ min: 1, max: 200 }).openapi({
      example: "SplxlOBeZQQYbYS6WxSbIA4kq0mY6UXGq2Yw7l0nTt8",
    }),
    code_verifier: text({ min: 43, max: 128 })
      .nullish()
      .openapi({ example: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" }),
  })
  .openapi("CodeExchange");

export const IdentityLink = z
  .strictObject({
    password: GivenPassword.nullish(),
    code: GivenCode.nullish(),
    return_to: text({ max: 2_000 }).nullish(),
  })
  .openapi("IdentityLink", {
    example: { password: "seven tall lamps", return_to: "http://localhost:3000/settings" },
  });

export const AuthorizationUrl = onDemand(() =>
  z
    .object({ authorization_url: z.string().openapi({ format: "uri" }) })
    .openapi("AuthorizationUrl"),
);
