/** Wire shapes of the second factor. */
import { z } from "@hono/zod-openapi";
import { text } from "../../../http/fields.ts";
import { onDemand } from "../../../http/on-demand.ts";
import { GivenCode, GivenPassword } from "../schemas.ts";

export const Enrolment = z
  .strictObject({ password: GivenPassword.nullish() })
  .openapi("SecondFactorEnrolment", { example: { password: "seven tall lamps" } });

export const EnrolmentSecret = onDemand(() =>
  z
    .object({
      secret: z.string().openapi({ example: "NB2W45DFOIZA6YTBONSTGMRSGQZTMMZU" }),
      otpauth_url: z.string().openapi({ description: "To be shown as a QR code." }),
    })
    .openapi("SecondFactorSecret"),
);

export const Confirmation = z
  .strictObject({ code: text({ min: 1, max: 100 }).openapi({ example: "492039" }) })
  .openapi("SecondFactorConfirmation");

export const RecoveryCodes = onDemand(() =>
  z
    .object({ recovery_codes: z.array(z.string().openapi({ example: "7m2k-9xqd-41vw-hc8t" })) })
    .openapi("RecoveryCodes"),
);

export const SecondFactorRemoval = z
  .strictObject({ password: GivenPassword.nullish(), code: GivenCode.nullish() })
  .openapi("SecondFactorRemoval", {
    example: { password: "seven tall lamps", code: "492039" },
  });

export const SecondStep = z
  .strictObject({
    challenge: text({ min: 1, max: 2_000 }),
    code: text({ max: 100 }).nullish(),
    recovery_code: text({ max: 100 }).nullish(),
  })
  .refine(({ code, recovery_code: recovery }) => !code !== !recovery, {
    path: ["code"],
    message: "Send either `code` or `recovery_code`.",
  })
  .openapi("SecondStep", { example: { challenge: "dGhpcyBpcyBzZWFsZWQ", code: "492039" } });
