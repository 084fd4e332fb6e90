/** S3's refusals under their own names: the code, the status and the message that clients know. */

const FAILURES = {
  AccessDenied: [403, "Access Denied"],
  AuthorizationHeaderMalformed: [400, "The authorization header that you provided is not valid."],
  AuthorizationQueryParametersError: [400, "The query parameters of the signature are not valid."],
  BadDigest: [400, "The checksum that you specified did not match what was received."],
  EntityTooLarge: [400, "Your proposed upload exceeds the maximum allowed size."],
  IncompleteBody: [400, "You did not provide the number of bytes specified."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidAccessKeyId: [403, "The AWS access key ID that you provided does not exist."],
  InvalidArgument: [400, "Invalid argument."],
  InvalidDigest: [400, "The Content-MD5 that you specified is not valid."],
  InvalidRange: [416, "The requested range is not satisfiable."],
  InvalidRequest: [400, "The request is not valid."],
  MalformedXML: [400, "The XML that you provided was not well formed."],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  MissingContentLength: [411, "You must provide the Content-Length HTTP header."],
  NoSuchBucket: [404, "The specified bucket does not exist."],
  NoSuchKey: [404, "The specified key does not exist."],
  NotImplemented: [501, "A header or a parameter implies functionality that is not implemented."],
  PreconditionFailed: [412, "At least one of the preconditions that you specified did not hold."],
  RequestTimeTooSkewed: [403, "The difference between the request's time and ours is too large."],
  SignatureDoesNotMatch: [403, "The signature that we calculated does not match yours."],
  XAmzContentSHA256Mismatch: [400, "The x-amz-content-sha256 does not match what was received."],
} as const satisfies Record<string, [number, string]>;

export type S3Code = keyof typeof FAILURES;

/** A refusal on its way to the client. */
export class S3Failure extends Error {
  readonly code: S3Code;
  readonly status: number;

  /** `message` replaces the code's usual message. */
  constructor(code: S3Code, message: string = FAILURES[code][1]) {
    super(message);
    this.name = "S3Failure";
    this.code = code;
    this.status = FAILURES[code][0];
  }
}
