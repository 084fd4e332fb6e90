/** The table of contents: middleware in order, the sign-in boundary, features, one error renderer. */
import { adminRoutes } from "./features/admin/routes.ts";
import { eventRoutes } from "./features/audit/routes.ts";
import { authRoutes } from "./features/auth/routes.ts";
import { authenticate } from "./features/auth/authenticate.ts";
import { resendRoutes, verificationRoutes } from "./features/auth/mails/routes.ts";
import { forgottenPasswordRoutes, passwordRoutes } from "./features/auth/passwords/routes.ts";
import { sessionRoutes } from "./features/auth/sessions/routes.ts";
import { keyRoutes } from "./features/auth/keys/routes.ts";
import { storedMessageRoutes } from "./features/chats/message-routes.ts";
import { identityLinkRoutes } from "./features/auth/oidc/link-routes.ts";
import { oidcRoutes } from "./features/auth/oidc/routes.ts";
import { secondFactorRoutes } from "./features/auth/totp/routes.ts";
import { secondStepRoutes } from "./features/auth/totp/sign-in-routes.ts";
import { chatRoutes } from "./features/chats/routes.ts";
import { erasureRoutes } from "./features/erasure/routes.ts";
import { exportRoutes } from "./features/export/routes.ts";
import { fileRoutes } from "./features/files/routes.ts";
import { uploadRoutes } from "./features/files/upload-routes.ts";
import { analysisRoutes } from "./features/files/analysis/routes.ts";
import { feedbackRoutes } from "./features/messages/feedback-routes.ts";
import { messageRoutes } from "./features/messages/routes.ts";
import { searchRoutes } from "./features/search/routes.ts";
import { metricsRoutes } from "./features/system/metrics/routes.ts";
import { systemRoutes } from "./features/system/routes.ts";
import { turnRoutes } from "./features/turns/routes.ts";
import { socketRoutes, ticketRoutes } from "./features/turns/live/routes.ts";
import { usageRoutes } from "./features/usage/routes.ts";
import { userRoutes } from "./features/users/routes.ts";
import { crossOrigin } from "./http/cors.ts";
import { renderProblem } from "./http/problem-response.ts";
import { guardRequest } from "./http/request-guard.ts";
import { filterAddress, limitRequests, rateLimitHeaders } from "./http/rate-limit.ts";
import { requestLog } from "./http/request-log.ts";
import { finishChanges } from "./http/run-to-end.ts";
import { provideDeps } from "./http/provide-deps.ts";
import { createRouter } from "./http/router.ts";
import { keepPrivate, securityHeaders } from "./http/security-headers.ts";

export const app = createRouter();

app.onError(renderProblem);

app.use(requestLog);
app.use(securityHeaders);
app.use(keepPrivate);
app.use(provideDeps);
app.use(crossOrigin);
app.use(rateLimitHeaders);
app.use(filterAddress);
app.use(guardRequest(app));

app.route("/", systemRoutes(app));
app.route("/", authRoutes);
app.route("/", forgottenPasswordRoutes);
app.route("/", verificationRoutes);
app.route("/", secondStepRoutes);
app.route("/", oidcRoutes);
app.route("/", metricsRoutes);
app.route("/", socketRoutes);
app.route("/", erasureRoutes);

// Every route from here on requires a signed-in user.
app.use(authenticate);
app.use(limitRequests);
app.use(finishChanges);

app.route("/", userRoutes);
app.route("/", sessionRoutes);
app.route("/", passwordRoutes);
app.route("/", resendRoutes);
app.route("/", secondFactorRoutes);
app.route("/", identityLinkRoutes);
app.route("/", keyRoutes);
app.route("/", exportRoutes);
app.route("/", eventRoutes);
app.route("/", adminRoutes);
app.route("/", chatRoutes);
app.route("/", messageRoutes);
app.route("/", storedMessageRoutes);
app.route("/", feedbackRoutes);
app.route("/", turnRoutes);
app.route("/", ticketRoutes);
app.route("/", uploadRoutes);
app.route("/", fileRoutes);
app.route("/", searchRoutes);
app.route("/", analysisRoutes);
app.route("/", usageRoutes);
