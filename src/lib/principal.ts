/** Who a request is from. */
export type Principal = {
  userId: string;
  sessionId: string;
  via: "bearer" | "cookie";
};
