/** Wire shapes of accounts, and the functions that make them from rows. */
import { z } from "@hono/zod-openapi";
import { ShownId, ShownTime, text } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { toIso } from "../../lib/clock.ts";
import { LONGEST_TYPED, parseEmail } from "./email.ts";
import type { UserRow } from "./queries.ts";

const Seconds = z.int().openapi({ description: "Seconds.", example: 900 });
const Token = z.string().openapi({ description: "Opaque.", example: "eyJhbGciOiJIUzI1NiIs…" });

/** An address without surrounding white space. */
const Email = z
  .string()
  .transform((text, context) => {
    const email = parseEmail(text);
    if (email) return email.shown;
    const params = { code: "invalid_format" };
    context.addIssue({ code: "custom", params, message: "This is not an e-mail address." });
    return z.NEVER;
  })
  .openapi({ format: "idn-email", maxLength: LONGEST_TYPED, example: "ada@example.com" });

const Name = text({ min: 1, max: 200 }).openapi({ example: "Ada Example" });

/** Measured in the form that is hashed (NFC): a combining accent does not count separately. */
const NewPassword = text({ min: 8, max: 128, base: z.string().normalize("NFC") }).openapi({
  example: "seven tall lamps",
});

/** A password to verify: any text up to a length that is cheap to hash. */
export const GivenPassword = text({ max: 1_000 }).openapi({
  description: "The account's current password.",
  example: "seven tall lamps",
});

/**
 * The fields of step-up: every body that `confirmIdentity` reads has `code`, and a password under its own
 * name (`password`, `current_password`), which an account without one leaves out.
 */
export const GivenCode = text({ max: 100 }).openapi({
  description:
    "A code of the authenticator app, or a recovery code, where the account has a second factor.",
  example: "492039",
});

export const Register = z
  .strictObject({ name: Name, email: Email, password: NewPassword })
  .openapi("Register");

export const Login = z
  .strictObject({ email: text({ max: LONGEST_TYPED }), password: GivenPassword })
  .openapi("Login", { example: { email: "ada@example.com", password: "seven tall lamps" } });

/** The body of refresh and logout; without a token the cookie is used. */
export const GivenRefreshToken = z
  .strictObject({ refresh_token: Token.max(4_096).nullish() })
  .openapi("RefreshToken");

/** The token of a link in a mail. */
export const MailToken = text({ min: 1, max: 200 }).openapi({
  description: "The token in the link of the mail.",
  example: "3q2-7wEXAMPLEfZ0kQWm5hJb8nXc1vTgYr4uLoPsDaI",
});

export const PasswordChange = z
  .strictObject({
    current_password: GivenPassword.nullish(),
    code: GivenCode.nullish(),
    new_password: NewPassword,
  })
  .openapi("PasswordChange");

export const ForgottenPassword = z.strictObject({ email: Email }).openapi("ForgottenPassword");

export const PasswordReset = z
  .strictObject({ token: MailToken, new_password: NewPassword })
  .openapi("PasswordReset");

export const User = onDemand(() =>
  z
    .object({
      id: ShownId,
      name: z.string().openapi({ example: "Ada Example" }),
      email: z.string().openapi({ example: "ada@example.com" }),
      pending_email: z.string().nullable().openapi({
        description: "A new address that replaces `email` once it is verified.",
        example: null,
      }),
      email_verified: z.boolean().openapi({
        description: "True once a link that was mailed to the address was followed.",
        example: false,
      }),
      is_active: z.boolean().openapi({
        description: "False for an account that an administrator has deactivated.",
        example: true,
      }),
      role: z.enum(["user", "admin"]).openapi({ description: "What it may do.", example: "user" }),
      created_at: ShownTime,
    })
    .openapi("User"),
);

/** What a person sees of the own account: a page asks for what the account's changes need as proof. */
export const OwnAccount = onDemand(() =>
  User()
    .extend({
      has_password: z.boolean().openapi({
        description:
          "True where changes of the account ask for its password; otherwise they need a fresh sign-in through the identity provider.",
        example: true,
      }),
      has_second_factor: z.boolean().openapi({
        description: "True where sign-in by password and changes of the account ask for a code.",
        example: false,
      }),
      identity_provider: z.enum(["not_configured", "not_linked", "linked"]).openapi({
        description: "Whether the account is linked to an identity of the identity provider.",
        example: "not_configured",
      }),
    })
    .openapi("OwnAccount"),
);

const tokenFields = () => ({
  access_token: Token,
  token_type: z.literal("bearer"),
  expires_in: Seconds,
  refresh_token: Token,
});

const TokenResponse = onDemand(() => z.object(tokenFields()).openapi("Tokens"));

export const SignedIn = onDemand(() =>
  z
    .object({
      success: z.literal(true),
      message: z.string().openapi({ example: "Welcome." }),
      user: User(),
      data: z.object({ user_id: ShownId }),
      ...tokenFields(),
    })
    .openapi("SignedIn"),
);

/** The response to a refresh by a cookie client: never a token. */
const CookieRenewed = onDemand(() => z.object({ expires_in: Seconds }).openapi("CookieRenewed"));

export const Renewed = onDemand(() => z.union([TokenResponse(), CookieRenewed()]));

export const UserChange = z
  .strictObject({
    name: Name.nullish(),
    email: Email.nullish(),
    current_password: GivenPassword.nullish().openapi({
      description: "Required to change the e-mail address, where the account has a password.",
    }),
    code: GivenCode.nullish(),
  })
  .openapi("UserChange", { example: { name: "Ada Example" } });

export const AccountDeletion = z
  .strictObject({ password: GivenPassword.nullish(), code: GivenCode.nullish() })
  .openapi("AccountDeletion", { example: { password: "seven tall lamps" } });

export function toUser(row: UserRow): Shown<typeof User> {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    pending_email: row.pendingEmail,
    email_verified: row.emailVerified,
    is_active: row.isActive,
    role: row.role,
    created_at: toIso(row.createdAt),
  };
}
