import { NeonDbError } from "@neondatabase/serverless";
import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import {
  describeDbError,
  describeFailure,
  isPermanent,
  isUnreachable,
  refusesContent,
} from "../../src/db/errors.ts";

/** As the driver and drizzle throw it. */
function errorOf(members: object): Error {
  const cause = Object.assign(new NeonDbError("secret words"), members);
  return new DrizzleQueryError("SELECT secret", [], cause);
}

const meaningOf = (error: unknown) => ({
  unreachable: isUnreachable(error),
  permanent: isPermanent(error),
  content: refusesContent(error),
});

describe("an error of the driver", () => {
  it.each(["", undefined, null, 0, "E", "lost", "0800", "080060", "ECONNRESET"])(
    "with the code %j is one of the connection, after which a write may have been applied",
    (code) => {
      const meaning = { unreachable: true, permanent: false, content: false };
      expect(meaningOf(errorOf({ code }))).toEqual(meaning);
      expect(describeDbError(errorOf({ code }))).toEqual({ code: "unreachable" });
    },
  );

  it.each(
    `08000 08003 08006 08P01 25006 25P03 28P01 3D000 40001 40003 40P01 53100 53300 55P03 57014 57P01 57P03
    58000 58030`.split(/\s+/),
  )("%s is transient", (code) => {
    const meaning = { unreachable: true, permanent: false, content: false };
    expect(meaningOf(errorOf({ code }))).toEqual(meaning);
  });

  it.each(["21000", "22003", "22021", "22P05", "23505", "23514", "44000", "54000", "P0001"])(
    "%s is about the values of the call, and permanent",
    (code) => {
      const meaning = { unreachable: false, permanent: true, content: true };
      expect(meaningOf(errorOf({ code }))).toEqual(meaning);
    },
  );

  it.each(["25P02", "42601", "42P01", "42501", "0A000", "XX000"])(
    "%s is a fault of ours, and not of the values",
    (code) => {
      const meaning = { unreachable: false, permanent: true, content: false };
      expect(meaningOf(errorOf({ code }))).toEqual(meaning);
    },
  );

  it("is logged by its code and constraint, without its text", () => {
    const members = { code: "23505", constraint: "users_email_key", detail: "secret" };
    expect(describeFailure(errorOf(members))).toEqual({
      cause: "Error",
      database_code: "23505",
      constraint: "users_email_key",
    });
    expect(JSON.stringify(describeFailure(errorOf(members)))).not.toContain("secret");
    expect(describeFailure(new TypeError("secret"))).toEqual({ cause: "TypeError" });
  });
});
