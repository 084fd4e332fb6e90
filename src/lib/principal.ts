/** The authenticated user and session of a request. */
export type Principal = {
  userId: string;
  sessionId: string;
  via: "bearer" | "cookie";
};
