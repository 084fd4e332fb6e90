/** Whether a response may have a body, and so may be made anew with one. */

/** Statuses that the Fetch standard allows no body; Chromium gives their responses an empty one all the same. */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

type WithBody = Response & { body: NonNullable<Response["body"]> };

export function hasBody(response: Response): response is WithBody {
  return response.body !== null && !WITHOUT_BODY.has(response.status);
}
