/** The cost of a Worker that does nothing: it passes the provider's bytes through. */
export default {
  fetch: (request, env) => fetch(env.PROVIDER_URL, { method: "POST", body: request.body }),
};
