/**
 * The types of the API, generated from its OpenAPI document by `npm run generate` in clients/ts.
 * Shape of the document: dc88d2904e6d2a9562b20b68d6bdc443f6c018b5f508f8330cfa5a3c3d4c5d09
 */
export interface paths {
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an account and sign in
         * @description Responds with the tokens of a session, and sets them as cookies. An address that already has an account is refused with `email_taken`.
         */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Where the account has a second factor, 401 `second_factor_required` has a `challenge` for POST /auth/login/totp.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew the session
         * @description With `refresh_token` the response contains a new pair of tokens. Without it the session cookies are renewed, and the response contains no token.
         */
        post: operations["refreshSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session
         * @description Public and always successful, even if the session has already ended.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the ways to sign in
         * @description As this server is configured.
         */
        get: operations["listSignInMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a mail to reset your password
         * @description The response is the same whether or not an account has this address. The mail contains a link with a token in its fragment, `#reset_password=`, that can be used once, within an hour. An account gets at most five an hour.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with the token of a mail
         * @description Ends all sessions and API keys of the account, and withdraws a pending e-mail address and an unconfirmed second factor. Sign in with the new password.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/email/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify your e-mail address
         * @description Takes the token of the link in the mail, from the fragment `#verify_email=`. A pending address replaces the current one.
         */
        post: operations["verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with the second factor
         * @description Continues a sign-in that ended with 401 `second_factor_required`, within 5 minutes: send its `challenge`, and a `code` of the authenticator app or a `recovery_code`. Each code is accepted once. After 10 wrong codes, each further one doubles the wait, up to 15 minutes.
         */
        post: operations["signInWithSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign in through the identity provider
         * @description To be opened in a browser. A failure goes back to `return_to`, where that was given, with its code as `error`.
         */
        get: operations["startOidcSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Come back from the identity provider
         * @description The redirect URI to register at the identity provider; it is called by the browser alone.
         */
        get: operations["completeOidcSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange the code of a sign-in for tokens
         * @description A code is valid for 60 seconds and once. If the sign-in was started with `code_challenge`, send its `code_verifier`.
         */
        post: operations["exchangeOidcCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/erasures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the receipt of an erased account
         * @description `DELETE /users/me` names the receipt in its `Location` header. It needs no sign-in, because the account no longer exists, and holds no personal data. `complete` means that nothing is left in the database, in the rooms and in the bucket.
         */
        get: operations["getErasureReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get your account
         * @description The account that the token, the cookie or the API key belongs to.
         *
         *     An API key needs the scope `read`.
         */
        get: operations["getOwnAccount"];
        put?: never;
        post?: never;
        /**
         * Delete your account
         * @description Permanently deletes the account with every chat, message and file. From the response on, nothing of it can be reached; running answers are stopped, streams, sockets and sessions end, and its e-mail address can be registered again. What is stored is then erased in portions: the receipt that `Location` names says when nothing is left. A retry responds with 401 `invalid_token`, because the account no longer exists.
         */
        delete: operations["deleteOwnAccount"];
        options?: never;
        head?: never;
        /**
         * Change your name or e-mail address
         * @description A new address takes effect once it is verified by the link of a mail; until then the old one stays valid. The old one is notified. The current address withdraws a pending one.
         */
        patch: operations["updateOwnAccount"];
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your sessions
         * @description The sessions that can still be renewed, newest first. Follow `Link` to the next page.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * End all your other sessions
         * @description Ends every session except that of this request. Refresh tokens of an ended session are refused at once, access tokens within 15 minutes, and its streams and sockets are closed within a minute. Running answers continue.
         */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of your sessions
         * @description Refresh tokens of an ended session are refused at once, access tokens within 15 minutes, and its streams and sockets are closed within a minute. Running answers continue.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description Ends all your other sessions, withdraws a pending e-mail address and an unconfirmed second factor, and voids the links of mails that reset the password.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/email/verify/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the verification mail again
         * @description Sends it to the pending address, or to the current one unless it is verified. An account gets at most five an hour.
         */
        post: operations["resendVerificationMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enrol an authenticator app as second factor
         * @description Show `otpauth_url` as a QR code, then confirm with a code of the app. Nothing changes before; a new enrolment replaces an unconfirmed one.
         */
        post: operations["enrolSecondFactor"];
        /**
         * Disable the second factor
         * @description Needs the password, and a code of the app or a recovery code.
         */
        delete: operations["disableSecondFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable the second factor
         * @description From now on a sign-in by password, and every change that asks for the password, needs a code.
         */
        post: operations["confirmSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Link an identity of the identity provider
         * @description Afterwards that identity signs in to this account. Open `authorization_url` in the browser that has sent the request, within 10 minutes: it goes on to `return_to`, with an `error` where the identity could not be linked.
         */
        post: operations["linkOidcIdentity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your API keys
         * @description Those that are neither revoked nor expired, newest first.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create an API key
         * @description For programs: sent as `Authorization: Bearer <key>` wherever an access token is, on the routes of its scopes. You may have 50.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It is refused from the next request on. Its open streams are closed; answers go on to their end.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        /**
         * Change the name or the budget of an API key
         * @description Answers that are running keep what they have reserved. Administrators set the budget of any account's key; to them and to its owner it is recorded as a security event of the account.
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download everything that your account holds
         * @description Streams a zip file: `account.json`, sessions, security events, identities, API keys (without the keys themselves), usage, feedback, files and analyses as JSON Lines, each chat as JSON and as Markdown, and each file with its extracted text. Its last entry, `manifest.json`, has `complete: true`, or names in `errors` what is missing or cut. A download without it is incomplete.
         */
        get: operations["exportOwnAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your security events
         * @description Newest first: sign-ins and failed ones, ended sessions, changes of password, e-mail address, second factor and keys, exports.
         */
        get: operations["listSecurityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a live socket
         * @description A live socket (RFC 6455) of a chat, for as long as the session lasts. A frame of the server is the JSON of an event, as in the stream, with its `id` as a member: a `ServerFrame`, and those of a client are `ClientFrame`. The events of a running turn are sent from its first; without one, nothing is sent until the next turn. The processing of the chat's files is reported by frames without `id`: `{"type":"file_status","file_id":"…","status":"processing"|"ready"|"failed","failure":{"code","detail"}|null}`. A change of the chat, or a message that is stored in it without an answer, is sent to all sockets as `{"type":"chat_updated","chat":{…},"message"?:{…}}`, without `id` too: the chat as it is now, and the message as in an event. A chat that is deleted in the middle of an answer ends with `error` `chat_deleted` and `stream_complete`.
         *
         *     A client may send `{"type":"resume","after":<id>}`, and receives the events after that one, as far as they are kept. The response to an id that is not of this chat is `{"type":"error","error":"…","code":"unknown_event_id"}`, and the socket stays open. The response to `{"type":"ping"}`, in exactly these bytes, is `{"type":"pong"}`.
         *
         *     The close codes: 1001 when the chat is deleted; 1008 when the session ends (`session ended`), for a frame that is not JSON or of an unknown type, for more than 10 frames in one second, and for going back by `resume` more than 8 times; 1009 for a frame of more than 64 KiB; 1011 for an internal error; 1013 where the chat has 32 sockets already or you have 64, and after 8 MiB: a socket sends at most a mebibyte a second, because the server cannot see whether you read it. After any code but 1001 and `session ended`, get another ticket, connect, and resume.
         */
        get: operations["openSocket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages of a chat
         * @description The active path, oldest first; without parameters its newest page. Follow `Link`: `rel=next` leads to older messages, or with `after` to newer ones.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["listMessages"];
        put?: never;
        /**
         * Send a user message in a chat
         * @description The message is added below the chat's current message. The answer streams on request.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["sendMessageInChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models
         * @description The models that a user message may name, with their limits and prices: those of the configured providers. Takes no trip to the database; revalidate it with `If-None-Match`.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a user message
         * @description Without `chat_id` a chat is created, with a title made from the user message.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/messages/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a user message in a chat, and stream the answer
         * @description As `POST /chats/{id}/messages`, whatever the request says of streaming.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["streamMessageInChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Resume or follow a turn
         * @description With `Last-Event-ID` or `after`: the events of the same turn after that one. Without: the running turn from its start. A chat has at most 64 such streams.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["followTurn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop an answer
         * @description Stops the running answer, or only the one with `message_id`, from any device. The text so far is kept. Repeating it is safe: where no answer is running, the response is that answer, or the chat's last one, as it is stored.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["stopAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Regenerate an answer
         * @description Generates another answer to the same user message. It becomes the chat's current message; the old answer stays as its sibling. The id is that of an answer, however it ended and on whichever branch, or of the user message. The events repeat the user message as `user_message`.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["regenerateAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit a user message, and get an answer
         * @description Nothing is overwritten: the edited user message becomes a sibling of the one with this id, on a new branch that the chat continues on. Only the body counts, except that the documents of the old message are kept where the body has neither `file_ids` nor the `file_url` of a file.
         *
         *     An API key needs the scope `chat`.
         */
        patch: operations["editMessage"];
        trace?: never;
    };
    "/chats/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a chat's events as a durable stream
         * @description The events of a chat's turns, one turn after the other, as a stream of the Durable Streams protocol that can be read and not written. Each is the JSON of an event as in the stream of a turn, with its `id` as a member. Without `live`: the events after `offset`, a page at a time; continue at `Stream-Next-Offset` until `Stream-Up-To-Date`. With `live=long-poll`: the same, but where there is none yet, the response waits for the next event, and is 204 where none comes. With `live=sse`: server-sent events for about a minute, each `data` a JSON array of events and followed by a `control` with `streamNextOffset`, `streamCursor` and, where nothing follows yet, `upToDate`.
         *
         *     The events of a turn are kept until ten minutes after its end; `-1` begins with the oldest that is kept. When the chat is deleted, `Stream-Closed` ends what is being read. A chat has at most 64 streams and waiting requests.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["readChatEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a ticket for a live socket
         * @description Opens one socket, once, within a minute: of this chat (`GET /chats/{id}/ws`), or of the AI SDK (`GET /ai-sdk/ws`), which then carries this chat alone, or all chats where none is named.
         */
        post: operations["createSocketTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a conversation of the AI SDK
         * @description For `useChat` of the AI SDK 5, 6 and 7. A chat is created with the first message; `id` and the ids of user messages are the client's, and are kept beside ours. An answer that is running in the chat is stopped first. The same user message with the same text attaches to its answer; with another text it is edited. Failures are text, unless `Accept` names JSON.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["sendConversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/chat/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Resume a stream of the AI SDK
         * @description The running answer from its start.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["resumeConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/chat/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop the answer of a conversation
         * @description Closing the stream does not stop an answer; this does. The text so far is kept.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["stopConversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/chat/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Load a conversation for the AI SDK
         * @description The newest messages of the active path, oldest first, for `useChat({ messages })`. A running answer is left out, because its stream brings it from its start.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["loadConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/workflow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a conversation by the transport for workflows
         * @description For `WorkflowChatTransport` of `@ai-sdk/workflow`, as `POST /ai-sdk/chat`. Without `id`, the messages before the last one say which chat it is; the first message of a new chat needs none.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["sendToWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/workflow/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Resume a stream at a chunk
         * @description The answer with this id, or the last one of the chat with this id, from the chunk `startIndex` on, while it runs and for ten minutes after. A negative `startIndex` is served from the first chunk, and the header says so: without its start, a part could not be shown.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["resumeWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ai-sdk/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a socket of the AI SDK
         * @description For `WebSocketChatTransport` of the AI SDK 7: one socket for all chats. It signs in by cookie, by an `Authorization` header, or in a browser by the subprotocols `["ai-sdk", "bearer.TOKEN"]` or by `ticket`. A request that is aborted leaves its answer running; a request for a running answer gets it from its start. A socket takes 10 frames in one second, 16 requests at once and 200 in all, frames of up to 8 MiB, and sends at most a mebibyte a second and 16 MiB in all. It closes with 1008 when the session ends, for a frame that is not of the protocol, and beyond these numbers; with 1009 for a longer frame, and with 1013 after 16 MiB.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["openConversationSocket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models, in the format of OpenAI
         * @description Their limits and prices are in `GET /models`.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["listOpenaiModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a model, in the format of OpenAI
         * @description By its name, as `GET /v1/models` lists it.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["getOpenaiModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer a conversation, in the format of OpenAI
         * @description The messages become a chat that is in no list; the answer is generated, verified and billed like any other, and goes on if the client disconnects. A request with `x-stainless-retry-count`, as OpenAI's clients repeat one after a failure of the connection, gets the answer of the same request within ten minutes, unless that failed. Errors have the member `error` besides those of every problem.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["createChatCompletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer an input, in the format of OpenAI's responses
         * @description The answer is generated, verified and billed like any other, and goes on if the client disconnects: read it by its id, as JSON or from any event of its stream.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["createResponse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a response, or the rest of its stream
         * @description With `stream=true` its events after `starting_after`, and then those that follow.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["getResponse"];
        put?: never;
        post?: never;
        /**
         * Delete a response and its conversation
         * @description Deletes the whole conversation, with the responses above and below. One in a chat of the list is deleted with its chat.
         *
         *     An API key needs the scope `chat`.
         */
        delete: operations["deleteResponse"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a response
         * @description Its text so far is kept. A response that has ended stays as it is.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["cancelResponse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your chats
         * @description Pinned chats first, then by latest activity. Messages are not included.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["listChats"];
        put?: never;
        /**
         * Create a chat
         * @description An empty chat. `POST /chat` without `chat_id` creates one with its first message.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["createChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a chat with its newest messages
         * @description The newest 100 messages of the active path. `GET /chats/{id}/messages` pages through the rest.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["getChat"];
        /**
         * Rename a chat
         * @description Later messages no longer rename the chat.
         *
         *     An API key needs the scope `chat`.
         */
        put: operations["renameChat"];
        post?: never;
        /**
         * Delete a chat
         * @description Stops a running answer and deletes all messages.
         *
         *     An API key needs the scope `chat`.
         */
        delete: operations["deleteChat"];
        options?: never;
        head?: never;
        /**
         * Rename, pin, archive or limit a chat, or switch to another branch
         * @description Fields that are absent keep their values.
         *
         *     An API key needs the scope `chat`.
         */
        patch: operations["updateChat"];
        trace?: never;
    };
    "/chats/{id}/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let the model name a chat
         * @description Asks the model for a name and renames the chat to it. Later messages no longer rename it.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["suggestChatTitle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a chat
         * @description Streams the active path, or all branches, as a file, oldest message first. With all branches, messages come in the order in which they were written, `parent_id` names the message that each one follows, and Markdown has a line where that is not the previous message. In Markdown, messages load nothing and cannot break out of their section: images, headings, rules and link definitions are escaped with a backslash, `<` of HTML is `&lt;`, and code fences start at the margin and are closed; code is unchanged. JSON contains the messages as they are stored.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["exportChat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store a message without generating an answer
         * @description The message is added below the chat's current message and becomes the current one.
         *
         *     An API key needs the scope `chat`.
         */
        post: operations["storeMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chats/{id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your feedback on the answers of a chat
         * @description Newest first, on all branches. Changing feedback leaves it where it is.
         *
         *     An API key needs the scope `chat` or `read`.
         */
        get: operations["listFeedback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Rate an answer
         * @description Stores the feedback, replacing earlier feedback on the same answer.
         *
         *     An API key needs the scope `chat`.
         */
        put: operations["rateAnswer"];
        post?: never;
        /**
         * Delete the feedback on an answer
         * @description Succeeds also where there is none.
         *
         *     An API key needs the scope `chat`.
         */
        delete: operations["deleteFeedback"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file
         * @description Upload a PDF, DOCX, XLSX, ODT, EML, TXT, Markdown, HTML or CSV file, or a PNG, JPEG, WebP or TIFF image, of up to 10 MiB; its bytes decide the type. `failure` of `unsupported_file` says why it is refused. An upload may stall for up to 30 seconds; one that takes longer needs an average of at least 16 KiB per second. Ingestion runs in the background: poll `status`, or attach the file to a message right away.
         *
         *     An API key needs the scope `files`.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your files
         * @description Newest first. Follow `Link` to the next page.
         *
         *     An API key needs the scope `files` or `read`.
         */
        get: operations["listFiles"];
        put?: never;
        /**
         * Announce a file and get a signed URL for its bytes
         * @description For files of up to 50 MiB. Send exactly the announced bytes with the returned method and headers within five minutes, then complete the file. A retry with the same Idempotency-Key returns a new URL.
         *
         *     An API key needs the scope `files`.
         */
        post: operations["startUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete an upload to the bucket
         * @description Starts the ingestion of the uploaded bytes. Safe to repeat; a failed file is ingested again, and of a ready file the scanned pages without text are transcribed again. A text that failed with `unknown_encoding` is ingested in the `encoding` that the body names.
         *
         *     An API key needs the scope `files`.
         */
        post: operations["completeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a file and the status of its ingestion
         * @description Poll it with `If-None-Match` until `status` is `ready` or `failed`.
         *
         *     An API key needs the scope `files` or `read`.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description Deletes its bytes, text and passages. Quotations in answers stay as part of the conversation.
         *
         *     An API key needs the scope `files`.
         */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description Redirects to a signed URL of the bucket, valid for five minutes. With `Accept: application/json` the response contains the URL.
         *
         *     An API key needs the scope `files` or `read`.
         */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the text of a file
         * @description The text by page. The pages, concatenated without a separator, are the text that offsets of citations refer to. For text formats it is the decoded file, unchanged.
         *
         *     An API key needs the scope `files` or `read`.
         */
        get: operations["getFileText"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{id}/analysis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Analyse a document
         * @description Returns the stored analysis of the file, or makes a new one; long documents are analysed in parts. Concurrent requests wait for the same analysis. Disconnecting does not stop it. If the response times out (`ai_timeout`), the analysis continues: retry to get it.
         *
         *     An API key needs the scope `files`.
         */
        post: operations["analyseFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search your messages and documents
         * @description Finds messages of every branch that contain all words, and passages of documents by relevance; with both, hits alternate. For words in very many messages, only the newest matches are ranked. Messages match English word forms (`deposit` finds `deposits`), documents those of their language. Case, width and diacritics are ignored, and Chinese, Japanese, Korean, Thai, Arabic and Hebrew words are found inside of longer ones.
         *
         *     An API key needs the scope `read`.
         */
        get: operations["searchMessagesAndFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your usage
         * @description Sums of all calls to AI providers over days (UTC), with a series by day, model, chat or kind of call. By default the last 30 days, by day. With `Accept: text/csv` the series is a table. At most 1,000 entries, those with the most tokens.
         *
         *     An API key needs the scope `usage` or `read`.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your budgets
         * @description Each budget with what is used, reserved by running answers, and left.
         *
         *     An API key needs the scope `usage` or `read`.
         */
        get: operations["getBudgets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the security events of all accounts
         * @description Newest first, in pages. With `Accept: application/jsonl` or `application/x-ndjson` the response streams all events as JSON Lines, oldest first, without pages. To everybody but administrators this route is 404. `npm run audit:verify` checks the hashes.
         */
        get: operations["listAllSecurityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search all accounts
         * @description Newest first, each with its role, its budget and what it used this month. To everybody but administrators this route is 404.
         */
        get: operations["listAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Deactivate, reactivate, promote or demote an account, or set its budget
         * @description Deactivating ends the sessions and API keys of the account; running answers go on to their end. Each change is recorded among the security events of the account. The last active administrator can be neither demoted nor deactivated. To everybody but administrators this route is 404.
         */
        patch: operations["updateAccount"];
        trace?: never;
    };
    "/admin/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the usage of all accounts
         * @description Sums over days (UTC), with a series by account, day or model, like `GET /usage`. By default the last 30 days, by account. To everybody but administrators this route is 404.
         */
        get: operations["getUsageOfAllAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the version and the documentation's path
         * @description A browser is redirected to the documentation.
         */
        get: operations["getWelcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the service and its dependencies
         * @description Results are cached for 15 seconds. A check never generates an answer.
         */
        get: operations["checkHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the Worker runs
         * @description Calls no dependency. `GET /health` checks them.
         */
        get: operations["checkLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the OpenAPI document
         * @description This document, generated from the routes of the running version.
         */
        get: operations["getOpenApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the metrics as Prometheus text
         * @description For administrators, and for the bearer of the server's `METRICS_TOKEN`. Counts are made from the database; those of large tables are estimates.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            /** @description Stable for each `code`. */
            type: string;
            /** @description The kind of problem in a few words. */
            title: string;
            /** @description The status of the response. */
            status: number;
            /** @description A sentence for a person. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            code: components["schemas"]["ProblemCode"];
            /** @description Also in the header `X-Request-Id`. */
            request_id: string;
            /** @description Of a failed validation: a JSON Pointer into the body, or `?` and the name of a query parameter. */
            errors?: {
                pointer: string;
                code: string;
                detail: string;
            }[];
            /** @description Of `second_factor_required` at a sign-in: to be sent to `POST /auth/login/totp` with a code. */
            challenge?: string;
            /** @description Of `insufficient_scope`: the scope that the key lacks; null where no key may call the route. */
            scope?: string | null;
            /** @description Of `rate_limited`: the limit that was reached. */
            limit?: string;
            /** @description Of `budget_exhausted`: whose budget, `user` or `key`. */
            subject?: string;
            /** @description Of `budget_exhausted`: `day` or `month`. */
            period?: string;
            /** @description Of `budget_exhausted`: `tokens` or `cost`. */
            unit?: string;
            /** @description Of `budget_exhausted`: when the period ends. */
            renews_at?: string;
            /** @description Of `budget_exhausted`: the seconds until then. */
            retry_after?: number;
            /** @description Of an answer that failed: its chat. */
            chat_id?: string;
            /** @description Of an answer that failed: the user message, which is stored. */
            user_message_id?: string;
            /** @description The answer that failed; of `turn_in_progress`, the one that is running. */
            message_id?: string;
            /** @description Of `unsupported_file`: why it cannot be read. */
            failure?: {
                code: string;
                detail: string;
            };
            /** @description Under `/v1`: the same for clients of OpenAI's API. */
            error?: {
                message: string;
                type: string;
                param: string | null;
                code: string;
            };
            /** @description Of `misconfigured`: the variables that are invalid. */
            variables?: string[];
        };
        /**
         * @description Stable. The `detail` of a problem says what happened, and what to do.
         * @enum {string}
         */
        ProblemCode: "malformed_json" | "invalid_encoding" | "malformed_header" | "malformed_request" | "malformed_upload" | "unknown_event_id" | "unknown_offset" | "origin_not_allowed" | "not_found" | "route_not_found" | "model_not_found" | "chat_deleted" | "method_not_allowed" | "not_acceptable" | "body_too_slow" | "response_in_chat" | "ambiguous_event_id" | "turn_in_progress" | "file_failed" | "file_processing" | "file_not_uploaded" | "log_pruned" | "precondition_failed" | "body_too_large" | "file_too_large" | "unsupported_media_type" | "unsupported_content_encoding" | "unsupported_file" | "https_required" | "validation_failed" | "model_unpriced" | "unknown_model" | "reserved_key" | "not_an_answer" | "idempotency_key_reused" | "no_question" | "answer_not_editable" | "empty_file" | "file_mismatch" | "upgrade_required" | "budget_exhausted" | "too_many_subscribers" | "headers_too_large" | "internal_error" | "misconfigured" | "unauthenticated" | "invalid_credentials" | "invalid_token" | "invalid_link" | "email_taken" | "too_many_password_checks" | "second_factor_required" | "sign_in_expired" | "identity_rejected" | "invalid_sign_in_code" | "sign_in_denied" | "account_deactivated" | "identity_without_email" | "link_required" | "identity_taken" | "identity_provider_failed" | "identity_provider_unavailable" | "oidc_not_configured" | "invalid_challenge" | "invalid_code" | "fresh_sign_in_required" | "password_sign_in_off" | "second_factor_enabled" | "no_second_factor" | "last_administrator" | "too_many_codes" | "insufficient_scope" | "too_many_keys" | "rate_limited" | "too_many_turns" | "server_busy" | "limiter_unavailable" | "ai_unavailable" | "ai_unauthorized" | "ai_quota" | "ai_model_not_found" | "ai_context_exceeded" | "ai_empty" | "ai_filtered" | "ai_length" | "ai_not_configured" | "ai_circuit_open" | "ai_overloaded" | "ai_timeout" | "turn_interrupted" | "save_refused" | "database_unavailable" | "room_unavailable" | "storage_unavailable" | "storage_not_configured" | "save_delayed" | "file_not_ready";
        /** @description The client's own metadata, any JSON, and in an answer what the server adds, under names that clients cannot use. */
        MessageMetadata: {
            /** @description The model of the answer. */
            model?: string;
            usage?: components["schemas"]["Usage"];
            /** @description The provider's reason, such as `stop`, or the `ProblemCode` of a failed answer. */
            finish_reason?: string | null;
            /** @description Seconds. */
            processing_time?: number;
            /** @description What the server added to the provider's time, in milliseconds. Without a first token only `total_ms`; absent from an interrupted answer. */
            timings?: {
                /** @description From the arrival of the request to the first text or reasoning, less `provider_first_token_ms`: sign-in, storage, and the preparation of documents. */
                overhead_ms?: number;
                /** @description From the call of the provider to its first token; with `failover`, of both. */
                provider_first_token_ms?: number;
                /** @description From the arrival of the request to the end of the answer, before it is saved. */
                total_ms: number;
            };
            /**
             * @description The model refused to answer.
             * @enum {boolean}
             */
            refusal?: true;
            /** @description The model's reasoning, where the server stores it. */
            reasoning?: string;
            /** @description Another provider's model answered. */
            failover?: {
                /** @description The model that failed. */
                from: string;
                /** @description Why: a `ProblemCode`. */
                code: string;
            };
            /** @description Quotations, each verified word for word against its document. */
            citations?: components["schemas"]["Citation"][];
            /** @description Quotations that refer to a document and were not found in it. */
            unverified_quotes?: components["schemas"]["UnverifiedQuote"][];
            /** @description What documents were searched for that were too long to go into the prompt whole, besides the user's own words. */
            queries?: {
                /**
                 * @description `rewritten`: by `texts` too. Otherwise by the user's own words alone: rewriting is `off` by configuration, came too `late`, `failed` (the model gave none), or is `unavailable` (no provider).
                 * @enum {string}
                 */
                status: "rewritten" | "off" | "late" | "failed" | "unavailable";
                /** @description At most four; empty unless `rewritten`. */
                texts: string[];
            };
        } & {
            [key: string]: unknown;
        };
        Usage: {
            prompt_tokens: number;
            /** @description Reasoning included. */
            completion_tokens: number;
            total_tokens: number;
            /** @description Prompt tokens that were read from the provider's cache at a lower price; absent if the provider does not report them. */
            cached_tokens?: number;
            /** @description Completion tokens that were reasoning; absent if the provider does not report them. */
            reasoning_tokens?: number;
            /** @description Prompt tokens that were written to the provider's cache. */
            cache_write_tokens?: number;
            /** @description Prompt tokens of sound. */
            audio_prompt_tokens?: number;
            /** @description Completion tokens of sound. */
            audio_completion_tokens?: number;
            /**
             * @description Exact decimal. Null while the price of the model is unknown.
             * @example 0.000123
             */
            cost: string | null;
            /** @enum {string} */
            currency: "USD";
            /** @description True if the provider reported no usage, or not all of it. */
            estimated: boolean;
        };
        Citation: {
            /** @description The number that the answer refers to, as in `[3]`. */
            index: number;
            /** Format: uuid */
            file_id: string;
            file_name: string;
            /** @description The page on which the quotation begins. Null if the document has no known pages. */
            page: number | null;
            /** @description The nearest heading above the quotation, if the document has no known pages. */
            heading?: string;
            /** @description Offset into the text of the file, in Unicode code points. */
            start: number;
            end: number;
            /** @description The document's text between `start` and `end`. */
            quote: string;
            /**
             * @description The kind of region if the quotation is not in the body text; `struck_out` text does not apply.
             * @enum {string}
             */
            region?: "header" | "footer" | "comment" | "note" | "note_mark" | "form_field" | "annotation" | "signature" | "struck_out";
            /**
             * @description The page is scanned: a model transcribed the words from its picture, and may have misread them.
             * @enum {string}
             */
            source?: "ocr";
            /**
             * @description The quotation has an ellipsis that hides words. `quote` is the document's whole text, `parts` are the quoted words.
             * @enum {boolean}
             */
            elided?: true;
            /** @description Of an elided quotation: its parts, in order. */
            parts?: {
                start: number;
                end: number;
                quote: string;
            }[];
            /** @description The number of the marker in the answer, as 3 in `[3]`. Absent in an answer that an earlier version stored. */
            number?: number;
            /** @description Where the quoted words begin in the answer's `content`, in Unicode code points, without quotation marks. Absent in an answer that an earlier version stored. */
            answer_start?: number;
            /** @description Where they end, exclusive. */
            answer_end?: number;
            /**
             * @description `source_deleted` once the file was deleted.
             * @enum {string}
             */
            status: "verified" | "source_deleted";
        };
        UnverifiedQuote: {
            text: string;
            /** @description The number of the marker in the answer, as 3 in `[3]`. Absent in an answer that an earlier version stored. */
            number?: number;
            /** @description Where the quoted words begin in the answer's `content`, in Unicode code points, without quotation marks. Absent in an answer that an earlier version stored. */
            answer_start?: number;
            /** @description Where they end, exclusive. */
            answer_end?: number;
        };
        /** @description What a live socket sends, as JSON. */
        ServerFrame: components["schemas"]["EventFrame"] | components["schemas"]["FileStatusFrame"] | components["schemas"]["ChatUpdatedFrame"] | components["schemas"]["PongFrame"];
        /** @description An event of a turn. */
        EventFrame: {
            type: "EventFrame";
        } & (Omit<components["schemas"]["TurnEvent"], "type"> & {
            /** @description To resume after; absent in the response to an unknown id. */
            id?: number;
        });
        /** @description The data of one event of a stream, as one line of JSON. */
        TurnEvent: components["schemas"]["UserMessageEvent"] | components["schemas"]["AiMessageStartEvent"] | components["schemas"]["ReasoningDeltaEvent"] | components["schemas"]["ContentDeltaEvent"] | components["schemas"]["CitationsEvent"] | components["schemas"]["ErrorEvent"] | components["schemas"]["AiMessageCompleteEvent"] | components["schemas"]["ChatNameEvent"] | components["schemas"]["StreamCompleteEvent"];
        /** @description First: the user message is stored. */
        UserMessageEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "user_message";
            message: components["schemas"]["EventMessage"];
        };
        EventMessage: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            chat_id: string;
            /** Format: uuid */
            parent_id: string | null;
            /** @enum {string} */
            type: "user" | "bot";
            /**
             * @description The same as `type`, in the words of the AI providers: `assistant` for `bot`.
             * @enum {string}
             */
            role: "user" | "assistant";
            /** @description Null where it would make the event longer than 4 KiB; `content_length` is then given. Of a user message the client has the content that it sent, of an answer the content of its deltas; every other response has it whole. */
            content: string | null;
            /** @enum {string} */
            status: "complete" | "streaming" | "stopped" | "interrupted" | "failed";
            file_name: string | null;
            file_url: string | null;
            /** @description The attachments; null where they would make the event too long. */
            files: components["schemas"]["MessageFile"][] | null;
            /** @description As that of a `Message`. In an event that would be too long, `citations`, `unverified_quotes` and `reasoning` in it are null, or it is null itself. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /** @description Oldest first, at most 50, this message included. */
            sibling_ids: string[];
            sibling_count: number;
            /** Format: date-time */
            created_at: string;
            /** @description The length of a content that is null, in Unicode code points. */
            content_length?: number;
        };
        MessageFile: {
            /** Format: uuid */
            id: string;
            /**
             * @description Null once the file is deleted.
             * @example lease.pdf
             */
            name: string | null;
            /**
             * @description As that of the `File`; `deleted` once it is deleted.
             * @enum {string}
             */
            status: "pending" | "processing" | "ready" | "failed" | "deleted";
        };
        /** @description The id of the answer. */
        AiMessageStartEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ai_message_start";
            /** Format: uuid */
            message_id: string;
        };
        /** @description More of the model's reasoning before the answer, which is no part of it. */
        ReasoningDeltaEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "reasoning_delta";
            content: string;
        };
        /** @description More of the answer's text. */
        ContentDeltaEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "content_delta";
            content: string;
        };
        /** @description Some of the answer's citations; several events where they do not fit one. */
        CitationsEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "citations";
            citations: components["schemas"]["EventCitation"][];
        };
        EventCitation: {
            /** @description The number that the answer refers to, as in `[3]`. */
            index: number;
            /** Format: uuid */
            file_id: string;
            file_name: string;
            /** @description The page on which the quotation begins. Null if the document has no known pages. */
            page: number | null;
            /** @description The nearest heading above the quotation, if the document has no known pages. */
            heading?: string;
            /** @description Offset into the text of the file, in Unicode code points. */
            start: number;
            end: number;
            /** @description Null where it is too long for an event. */
            quote: string | null;
            /**
             * @description The kind of region if the quotation is not in the body text; `struck_out` text does not apply.
             * @enum {string}
             */
            region?: "header" | "footer" | "comment" | "note" | "note_mark" | "form_field" | "annotation" | "signature" | "struck_out";
            /**
             * @description The page is scanned: a model transcribed the words from its picture, and may have misread them.
             * @enum {string}
             */
            source?: "ocr";
            /**
             * @description The quotation has an ellipsis that hides words. `quote` is the document's whole text, `parts` are the quoted words.
             * @enum {boolean}
             */
            elided?: true;
            /** @description Of an elided quotation: its parts, in order. */
            parts?: {
                start: number;
                end: number;
                quote: string;
            }[];
            /** @description The number of the marker in the answer, as 3 in `[3]`. Absent in an answer that an earlier version stored. */
            number?: number;
            /** @description Where the quoted words begin in the answer's `content`, in Unicode code points, without quotation marks. Absent in an answer that an earlier version stored. */
            answer_start?: number;
            /** @description Where they end, exclusive. */
            answer_end?: number;
            /**
             * @description `source_deleted` once the file was deleted.
             * @enum {string}
             */
            status: "verified" | "source_deleted";
            /** @description The length of a quote that is null, in code points. */
            quote_length?: number;
        };
        /** @description Its event name is `turn_error`. */
        ErrorEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "error";
            /** @description A sentence for a person. */
            error: string;
            /**
             * @description The code of a `Problem`.
             * @example ai_timeout
             */
            code: string;
            /** @description Seconds, where the provider gives them. */
            retry_after?: number;
        };
        /** @description The answer with its status, however it ended. Of an `interrupted` answer the content replaces what was streamed. */
        AiMessageCompleteEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ai_message_complete";
            message: components["schemas"]["EventMessage"];
        };
        /** @description The chat has got a title. */
        ChatNameEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "chat_name";
            name: string;
        };
        /** @description Always and last: nothing follows it. */
        StreamCompleteEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "stream_complete";
        };
        /** @description The ingestion of a file of the chat has changed. */
        FileStatusFrame: {
            /** @enum {string} */
            type: "file_status";
            /** Format: uuid */
            file_id: string;
            /** @enum {string} */
            status: "processing" | "ready" | "failed";
            failure: {
                code: string;
                detail: string;
            } | null;
        };
        /** @description The chat as it is now, and a message that was stored in it without an answer. */
        ChatUpdatedFrame: {
            /** @enum {string} */
            type: "chat_updated";
            chat: components["schemas"]["Chat"];
            message?: components["schemas"]["EventMessage"];
        };
        Chat: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            user_id: string;
            /** @example New Chat */
            title: string;
            /** @description True while the chat may still get its title from the first message. */
            auto_title: boolean;
            pinned: boolean;
            archived: boolean;
            /**
             * Format: uuid
             * @description The last message of the active path, which runs from it up to the root.
             */
            current_message_id: string | null;
            /**
             * @description The number of messages in all branches.
             * @example 0
             */
            message_count: number;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Changes with messages and title, not with pin or archive.
             */
            updated_at: string;
            /** @description True when the chat is deleted 24 hours after `updated_at`. */
            temporary: boolean;
            /**
             * Format: date-time
             * @description When the chat will be deleted, within a minute or once a running answer has ended; null when it has no time of its own.
             */
            expires_at: string | null;
        };
        PongFrame: {
            /** @enum {string} */
            type: "pong";
        };
        /** @description What a client may send over a live socket, as JSON. */
        ClientFrame: components["schemas"]["PingFrame"] | components["schemas"]["ResumeFrame"];
        PingFrame: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ping";
        };
        ResumeFrame: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "resume";
            /** @description The id of the last event that you have received. */
            after: number;
        };
        Welcome: {
            /** @enum {boolean} */
            success: true;
            message: string;
            data: {
                version: string;
                docs: string;
            };
        };
        Health: {
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            /** @enum {string} */
            database: "connected" | "unavailable";
            /** @enum {string} */
            s3: "available" | "unavailable" | "not_configured";
            /** @enum {string} */
            ai_service: "available" | "unavailable" | "not_configured";
            /**
             * @description Without mails, addresses are not verified and passwords cannot be reset.
             * @enum {string}
             */
            mail: "configured" | "not_configured";
            /** @description What works with the parts that can be reached. */
            works: {
                accounts: boolean;
                chats: boolean;
                turns: boolean;
                files: boolean;
                search: boolean;
            };
            version: string;
            /** Format: date-time */
            timestamp: string;
        };
        SignedIn: {
            /** @enum {boolean} */
            success: true;
            /** @example Welcome. */
            message: string;
            user: components["schemas"]["User"];
            data: {
                /** Format: uuid */
                user_id: string;
            };
            /**
             * @description Opaque.
             * @example eyJhbGciOiJIUzI1NiIs…
             */
            access_token: string;
            /** @enum {string} */
            token_type: "bearer";
            /**
             * @description Seconds.
             * @example 900
             */
            expires_in: number;
            /**
             * @description Opaque.
             * @example eyJhbGciOiJIUzI1NiIs…
             */
            refresh_token: string;
        };
        User: {
            /** Format: uuid */
            id: string;
            /** @example Ada Example */
            name: string;
            /** @example ada@example.com */
            email: string;
            /**
             * @description A new address that replaces `email` once it is verified.
             * @example null
             */
            pending_email: string | null;
            /**
             * @description True once a link that was mailed to the address was followed.
             * @example false
             */
            email_verified: boolean;
            /**
             * @description False for an account that an administrator has deactivated.
             * @example true
             */
            is_active: boolean;
            /**
             * @description What it may do.
             * @example user
             * @enum {string}
             */
            role: "user" | "admin";
            /** Format: date-time */
            created_at: string;
        };
        Register: {
            /** @example Ada Example */
            name: string;
            /**
             * Format: idn-email
             * @example ada@example.com
             */
            email: string;
            /** @example seven tall lamps */
            password: string;
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "password": "seven tall lamps"
         *     }
         */
        Login: {
            email: string;
            /**
             * @description The account's current password.
             * @example seven tall lamps
             */
            password: string;
        };
        Tokens: {
            /**
             * @description Opaque.
             * @example eyJhbGciOiJIUzI1NiIs…
             */
            access_token: string;
            /** @enum {string} */
            token_type: "bearer";
            /**
             * @description Seconds.
             * @example 900
             */
            expires_in: number;
            /**
             * @description Opaque.
             * @example eyJhbGciOiJIUzI1NiIs…
             */
            refresh_token: string;
        };
        CookieRenewed: {
            /**
             * @description Seconds.
             * @example 900
             */
            expires_in: number;
        };
        RefreshToken: {
            /**
             * @description Opaque.
             * @example eyJhbGciOiJIUzI1NiIs…
             */
            refresh_token?: string | null;
        };
        SignInMethods: {
            /** @description By a password, and by signing up with one. */
            password: boolean;
            /** @description Through the identity provider, at `GET /auth/oidc/start`. */
            oidc: boolean;
            /** @description Whether mails are sent: a forgotten password can be reset by one. */
            mail: boolean;
        };
        ForgottenPassword: {
            /**
             * Format: idn-email
             * @example ada@example.com
             */
            email: string;
        };
        PasswordReset: {
            /**
             * @description The token in the link of the mail.
             * @example 3q2-7wEXAMPLEfZ0kQWm5hJb8nXc1vTgYr4uLoPsDaI
             */
            token: string;
            /** @example seven tall lamps */
            new_password: string;
        };
        EmailVerification: {
            /**
             * @description The token in the link of the mail.
             * @example 3q2-7wEXAMPLEfZ0kQWm5hJb8nXc1vTgYr4uLoPsDaI
             */
            token: string;
        };
        /**
         * @example {
         *       "challenge": "dGhpcyBpcyBzZWFsZWQ",
         *       "code": "492039"
         *     }
         */
        SecondStep: {
            challenge: string;
            code?: string | null;
            recovery_code?: string | null;
        };
        SignInCode: {
            /** @description To be exchanged once for tokens. */
            code: string;
            /**
             * @description Seconds.
             * @example 60
             */
            expires_in: number;
        };
        CodeExchange: {
            /** @example SplxlOBeZQQYbYS6WxSbIA4kq0mY6UXGq2Yw7l0nTt8 */
            code: string;
            /** @example dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk */
            code_verifier?: string | null;
        };
        Erasure: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            status: "running" | "complete";
            /** Format: date-time */
            requested_at: string;
            /** Format: date-time */
            completed_at: string | null;
            erased: {
                /** @example 12 */
                chats: number;
                /** @example 12 */
                messages: number;
                /** @example 12 */
                files: number;
                /** @example 12 */
                usage_records: number;
                /** @example 12 */
                sessions: number;
                /** @example 12 */
                event_details: number;
            };
        };
        OwnAccount: components["schemas"]["User"] & {
            /**
             * @description True where changes of the account ask for its password; otherwise they need a fresh sign-in through the identity provider.
             * @example true
             */
            has_password: boolean;
            /**
             * @description True where sign-in by password and changes of the account ask for a code.
             * @example false
             */
            has_second_factor: boolean;
            /**
             * @description Whether the account is linked to an identity of the identity provider.
             * @example not_configured
             * @enum {string}
             */
            identity_provider: "not_configured" | "not_linked" | "linked";
        };
        /**
         * @example {
         *       "name": "Ada Example"
         *     }
         */
        UserChange: {
            /** @example Ada Example */
            name?: string | null;
            /**
             * Format: idn-email
             * @example ada@example.com
             */
            email?: string | null;
            /**
             * @description Required to change the e-mail address, where the account has a password.
             * @example seven tall lamps
             */
            current_password?: string | null;
            /**
             * @description A code of the authenticator app, or a recovery code, where the account has a second factor.
             * @example 492039
             */
            code?: string | null;
        };
        /**
         * @example {
         *       "password": "seven tall lamps"
         *     }
         */
        AccountDeletion: {
            /**
             * @description The account's current password.
             * @example seven tall lamps
             */
            password?: string | null;
            /**
             * @description A code of the authenticator app, or a recovery code, where the account has a second factor.
             * @example 492039
             */
            code?: string | null;
        };
        Session: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When its tokens were last renewed.
             */
            last_seen_at: string;
            /**
             * @description The `User-Agent` of the sign-in.
             * @example Mozilla/5.0 (X11; Linux x86_64)
             */
            user_agent: string | null;
            /**
             * @description The country of the sign-in, ISO 3166-1 alpha-2, where it is known.
             * @example CH
             */
            country: string | null;
            /** @description True for the session of this request. */
            current: boolean;
        };
        PasswordChange: {
            /**
             * @description The account's current password.
             * @example seven tall lamps
             */
            current_password?: string | null;
            /**
             * @description A code of the authenticator app, or a recovery code, where the account has a second factor.
             * @example 492039
             */
            code?: string | null;
            /** @example seven tall lamps */
            new_password: string;
        };
        SecondFactorSecret: {
            /** @example NB2W45DFOIZA6YTBONSTGMRSGQZTMMZU */
            secret: string;
            /** @description To be shown as a QR code. */
            otpauth_url: string;
        };
        /**
         * @example {
         *       "password": "seven tall lamps"
         *     }
         */
        SecondFactorEnrolment: {
            /**
             * @description The account's current password.
             * @example seven tall lamps
             */
            password?: string | null;
        };
        RecoveryCodes: {
            recovery_codes: string[];
        };
        SecondFactorConfirmation: {
            /** @example 492039 */
            code: string;
        };
        /**
         * @example {
         *       "password": "seven tall lamps",
         *       "code": "492039"
         *     }
         */
        SecondFactorRemoval: {
            /**
             * @description The account's current password.
             * @example seven tall lamps
             */
            password?: string | null;
            /**
             * @description A code of the authenticator app, or a recovery code, where the account has a second factor.
             * @example 492039
             */
            code?: string | null;
        };
        AuthorizationUrl: {
            /** Format: uri */
            authorization_url: string;
        };
        /**
         * @example {
         *       "password": "seven tall lamps",
         *       "return_to": "http://localhost:3000/settings"
         *     }
         */
        IdentityLink: {
            /**
             * @description The account's current password.
             * @example seven tall lamps
             */
            password?: string | null;
            /**
             * @description A code of the authenticator app, or a recovery code, where the account has a second factor.
             * @example 492039
             */
            code?: string | null;
            return_to?: string | null;
        };
        ApiKey: {
            /** Format: uuid */
            id: string;
            /** @example Nightly import */
            name: string;
            /**
             * @description The first characters of the key.
             * @example ifk_2Qw8Zk
             */
            prefix: string;
            scopes: ("chat" | "files" | "usage" | "read")[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string | null;
            budget: components["schemas"]["Budget"];
        };
        /** @description By day or month, UTC. */
        Budget: {
            /** @description Null where none is set. */
            day: {
                tokens: number | null;
                cost: string | null;
            } | null;
            /** @description Null where none is set. */
            month: {
                tokens: number | null;
                cost: string | null;
            } | null;
        };
        CreatedApiKey: components["schemas"]["ApiKey"] & {
            /**
             * @description Shown only in this response: keep it.
             * @example ifk_2Qw8ZkXc2Qw8ZkXc2Qw8ZkXc2Qw8ZkXc2Qw8ZkXc2Qw8ZkXc0
             */
            key: string;
        };
        /**
         * @example {
         *       "name": "Nightly import",
         *       "scopes": [
         *         "chat",
         *         "read"
         *       ],
         *       "password": "seven tall lamps"
         *     }
         */
        NewApiKey: {
            /** @example Nightly import */
            name: string;
            /**
             * @description What the key may do: `chat` and `files` their routes, `usage` the usage, `read` whatever is read by GET. The routes of the account and of keys need a signed-in person.
             * @example [
             *       "chat",
             *       "read"
             *     ]
             */
            scopes: ("chat" | "files" | "usage" | "read")[];
            /**
             * Format: date-time
             * @description In the future. Without it the key is valid until it is revoked.
             */
            expires_at?: string | null;
            /**
             * @description What the key may use by day and month, within the budget of the account, which applies too.
             * @example {
             *       "month": {
             *         "cost": "12.50"
             *       }
             *     }
             */
            budget?: {
                /** @description Null takes the limit of the day away. */
                day?: {
                    /**
                     * @description Without it, tokens are not limited.
                     * @example 2000000
                     */
                    tokens?: number | null;
                    /**
                     * @description US dollars, as an exact decimal. Without it, money is not limited.
                     * @example 12.50
                     */
                    cost?: string | null;
                } | null;
                /** @description Null takes the limit of the month away. */
                month?: {
                    /**
                     * @description Without it, tokens are not limited.
                     * @example 2000000
                     */
                    tokens?: number | null;
                    /**
                     * @description US dollars, as an exact decimal. Without it, money is not limited.
                     * @example 12.50
                     */
                    cost?: string | null;
                } | null;
            } | null;
            password?: string | null;
            code?: string | null;
        };
        /**
         * @example {
         *       "budget": {
         *         "month": {
         *           "cost": "12.50"
         *         },
         *         "day": null
         *       }
         *     }
         */
        ApiKeyChange: {
            /** @example Nightly import */
            name?: string | null;
            /**
             * @description A period that it does not name stays as it is, and null takes its limit away.
             * @example {
             *       "month": {
             *         "cost": "12.50"
             *       }
             *     }
             */
            budget?: {
                /** @description Null takes the limit of the day away. */
                day?: {
                    /**
                     * @description Without it, tokens are not limited.
                     * @example 2000000
                     */
                    tokens?: number | null;
                    /**
                     * @description US dollars, as an exact decimal. Without it, money is not limited.
                     * @example 12.50
                     */
                    cost?: string | null;
                } | null;
                /** @description Null takes the limit of the month away. */
                month?: {
                    /**
                     * @description Without it, tokens are not limited.
                     * @example 2000000
                     */
                    tokens?: number | null;
                    /**
                     * @description US dollars, as an exact decimal. Without it, money is not limited.
                     * @example 12.50
                     */
                    cost?: string | null;
                } | null;
            } | null;
        };
        SecurityEvents: {
            events: components["schemas"]["SecurityEvent"][];
            /** @description Null on the last page. */
            next_cursor: string | null;
        };
        SecurityEvent: {
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["SecurityEventKind"];
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            session_id: string | null;
            /** Format: uuid */
            key_id: string | null;
            /**
             * Format: uuid
             * @description The administrator who acted; null where the account's owner did.
             */
            actor_id: string | null;
            /**
             * @description What is known about the cause: `address`, `user_agent` and `country` (ISO 3166-1) of the request, and what the kind of event adds. Null once the account was erased.
             * @example {
             *       "address": "192.0.2.7",
             *       "user_agent": "Firefox",
             *       "country": "DE",
             *       "method": "password"
             *     }
             */
            details: {
                [key: string]: string | number | boolean | null;
            } | null;
        };
        /** @enum {string} */
        SecurityEventKind: "account_created" | "account_deactivated" | "account_reactivated" | "account_erased" | "account_exported" | "signed_in" | "sign_in_failed" | "signed_out" | "session_ended" | "other_sessions_ended" | "refresh_token_replayed" | "password_changed" | "password_reset_requested" | "password_reset" | "email_change_requested" | "email_verified" | "second_factor_enabled" | "second_factor_disabled" | "second_factor_failed" | "recovery_code_used" | "identity_linked" | "api_key_created" | "api_key_changed" | "api_key_revoked" | "role_changed" | "budget_changed";
        AuditEvents: {
            events: components["schemas"]["AuditEvent"][];
            /** @description Null on the last page. */
            next_cursor: string | null;
        };
        AuditEvent: components["schemas"]["SecurityEvent"] & {
            /** Format: uuid */
            user_id: string;
            /**
             * @description In the chain of the account, from 1.
             * @example 3
             */
            position: number;
            /** @description SHA-256 in lower-case hex. */
            details_hash: string;
            /** @description SHA-256 in lower-case hex. */
            hash: string;
        };
        ChatList: {
            chats: components["schemas"]["Chat"][];
            /**
             * @description Exact up to 10,000.
             * @example 1
             */
            total: number;
            /**
             * @description Present when there are more chats than `total`.
             * @enum {boolean}
             */
            total_is_lower_bound?: true;
            /** @example 50 */
            limit: number;
            /**
             * @description 0 if a cursor was given.
             * @example 0
             */
            offset: number;
            /** @description Null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @example {
         *       "title": "Deposit of the old flat"
         *     }
         */
        NewChat: {
            /**
             * @description Default: "New Chat".
             * @example Deposit of the old flat
             */
            title?: string | null;
            /** @description Whether the first user message names the chat. Default: true without a title, or with the title "New Chat"; false with a title of its own. */
            auto_title?: boolean | null;
            /** @description Whether the chat is deleted 24 hours after its last activity. */
            temporary?: boolean | null;
            /**
             * Format: date-time
             * @description When to delete the chat.
             * @example 2036-01-31T12:00:00Z
             */
            expires_at?: string | null;
        };
        ChatWithMessages: components["schemas"]["Chat"] & {
            /** @description The newest page of the active path, oldest first. */
            messages: components["schemas"]["Message"][];
            /**
             * Format: uuid
             * @description Pass it as `before` to `GET /chats/{id}/messages`; null when there are no older messages.
             */
            previous_cursor: string | null;
        };
        Message: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            chat_id: string;
            /** Format: uuid */
            parent_id: string | null;
            /** @enum {string} */
            type: "user" | "bot";
            /**
             * @description The same as `type`, in the words of the AI providers: `assistant` for `bot`.
             * @enum {string}
             */
            role: "user" | "assistant";
            content: string;
            /** @enum {string} */
            status: "complete" | "streaming" | "stopped" | "interrupted" | "failed";
            file_name: string | null;
            file_url: string | null;
            /** @description The message's own attachments, in the order in which they were named. Empty for an answer. */
            files: components["schemas"]["MessageFile"][];
            metadata: {
                [key: string]: unknown;
            } & components["schemas"]["MessageMetadata"];
            /** @description Oldest first, at most 50, this message included. */
            sibling_ids: string[];
            sibling_count: number;
            /** Format: date-time */
            created_at: string;
        };
        RenameChat: {
            /** @example Deposit of the old flat */
            title: string;
        };
        /**
         * @example {
         *       "pinned": true
         *     }
         */
        ChatChange: {
            /** @example Deposit of the old flat */
            title?: string | null;
            pinned?: boolean | null;
            archived?: boolean | null;
            /**
             * Format: uuid
             * @description Any message of the chat; the active path then leads to the newest leaf below it.
             * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
             */
            current_message_id?: string | null;
            /** @description Whether the chat is deleted 24 hours after its last activity. */
            temporary?: boolean | null;
            /**
             * Format: date-time
             * @description When to delete the chat; null keeps it.
             * @example 2036-01-31T12:00:00Z
             */
            expires_at?: string | null;
        };
        ChatDeleted: {
            /** @enum {boolean} */
            success: true;
            message: string;
            data: {
                /** Format: uuid */
                chat_id: string;
            };
        };
        SuggestedName: {
            /** @example Deposit of the old flat */
            suggested_name: string;
            /** @example The message is about a deposit. */
            reasoning: string;
        };
        NameRequest: {
            /**
             * @description The text to name the chat after. Default: the names of `file_ids`, otherwise the first user message.
             * @example What must a tenancy agreement say about the deposit?
             */
            message?: string | null;
            /** @description Ids of your documents. */
            file_ids?: string[] | null;
        };
        /** @description The active path, or all branches, oldest first. */
        ChatExport: {
            chat: components["schemas"]["Chat"];
            messages: components["schemas"]["Message"][];
        };
        NewMessage: {
            /**
             * Format: uuid
             * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
             */
            chat_id: string;
            /** @enum {string} */
            type: "user" | "bot";
            /** @example What must a tenancy agreement say about the deposit? */
            content: string;
            file_name?: string | null;
            file_url?: string | null;
            /**
             * @description Any JSON, at most 16 KiB.
             * @example {
             *       "client": "web"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
        };
        FeedbackList: {
            feedback: components["schemas"]["Feedback"][];
            /** @description Null on the last page. */
            next_cursor: string | null;
        };
        Feedback: {
            /** Format: uuid */
            message_id: string;
            /** @enum {string} */
            rating: "up" | "down";
            comment: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /**
         * @example {
         *       "rating": "down",
         *       "comment": "The quoted section is repealed."
         *     }
         */
        NewFeedback: {
            /** @enum {string} */
            rating: "up" | "down";
            comment?: string | null;
        };
        OfferedModels: {
            /** @description The default first. */
            models: components["schemas"]["OfferedModel"][];
        };
        OfferedModel: {
            /**
             * @description The `model` to send with a user message.
             * @example gpt-4o-mini
             */
            name: string;
            /**
             * @description Whose interface serves the model; any compatible server counts as `openai`.
             * @enum {string}
             */
            provider: "openai" | "anthropic";
            /** @description True for the model of messages without one. */
            is_default: boolean;
            /**
             * @description The most tokens of prompt and answer together.
             * @example 128000
             */
            context_tokens: number;
            /**
             * @description The most tokens of one answer.
             * @example 8192
             */
            max_output_tokens: number;
            /** @description What is known of the model; one that is missing may be unknown. */
            capabilities: ("streaming" | "json_schema" | "reasoning")[];
            /**
             * @description The model that answers where this one's provider fails; null without one.
             * @example claude-haiku-4-5
             */
            fallback: string | null;
            /** @description The prices at this time; null where they are not known. */
            prices: {
                /** @enum {string} */
                currency: "USD";
                /** @enum {number} */
                per_tokens: 1000000;
                /** @description By the size of the prompt. */
                tiers: components["schemas"]["PriceTier"][];
            } | null;
        };
        PriceTier: {
            /**
             * @description Applies to calls whose prompt has more tokens than this, up to the next tier.
             * @example 0
             */
            above_prompt_tokens: number;
            /** @example 0.150000 */
            prompt: string;
            /**
             * @description Of prompt tokens from the provider's cache. Absent: as `prompt`.
             * @example 0.150000
             */
            cached?: string;
            /**
             * @description Of prompt tokens written to that cache. Absent: as `prompt`.
             * @example 0.150000
             */
            cache_write?: string;
            /** @example 0.150000 */
            completion: string;
            /**
             * @description Of completion tokens of reasoning. Absent: as `completion`.
             * @example 0.150000
             */
            reasoning?: string;
        };
        TurnAnswer: {
            /** Format: uuid */
            chat_id: string;
            user_message: components["schemas"]["Message"];
            ai_response: components["schemas"]["Message"];
            chat_name: string;
            /** @description Seconds. */
            processing_time: number;
            usage: components["schemas"]["Usage"];
        };
        /**
         * @example {
         *       "content": "Can a landlord keep the whole deposit?",
         *       "stream": true
         *     }
         */
        Ask: {
            /**
             * Format: uuid
             * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
             */
            chat_id?: string | null;
            /** @example What must a tenancy agreement say about the deposit? */
            content: string;
            /** @description Documents that the user message is about. They stay in the context of the messages below it, the newest 50. */
            file_ids?: string[] | null;
            /** @description False: refuses the user message while a file is still being processed, instead of waiting for the file. */
            wait?: boolean | null;
            /** @description Default: the server's. */
            model?: string | null;
            /** @description Absent: streams when `Accept` names `text/event-stream` and not JSON. */
            stream?: boolean | null;
            /**
             * @description Any JSON, at most 16 KiB.
             * @example {
             *       "client": "web"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * @example {
         *       "content": "And if nothing was agreed in writing?"
         *     }
         */
        AskInChat: {
            /** @example What must a tenancy agreement say about the deposit? */
            content: string;
            /** @description Documents that the user message is about. They stay in the context of the messages below it, the newest 50. */
            file_ids?: string[] | null;
            /** @description False: refuses the user message while a file is still being processed, instead of waiting for the file. */
            wait?: boolean | null;
            /** @description Default: the server's. */
            model?: string | null;
            /** @description Absent: streams when `Accept` names `text/event-stream` and not JSON. */
            stream?: boolean | null;
            /**
             * @description Any JSON, at most 16 KiB.
             * @example {
             *       "client": "web"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            file_name?: string | null;
            /** @description The `file_url` of one of your files makes it a document of the user message, like `file_ids`; any other address is kept as text. */
            file_url?: string | null;
        };
        /** @example {} */
        Stop: {
            /**
             * Format: uuid
             * @description Stops this answer, and no other.
             * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
             */
            message_id?: string | null;
        };
        /**
         * @example {
         *       "stream": true
         *     }
         */
        AnswerAgain: {
            /** @description Default: the server's. */
            model?: string | null;
            /** @description Absent: streams when `Accept` names `text/event-stream` and not JSON. */
            stream?: boolean | null;
        };
        ChatEvents: ({
            id: number;
            type: string;
        } & {
            [key: string]: unknown;
        })[];
        /**
         * @example {
         *       "id": "b7Xk2QpLr9TzW4mA",
         *       "messages": [
         *         {
         *           "id": "Zk3nVw8sQ1YbT6rE",
         *           "role": "user",
         *           "parts": [
         *             {
         *               "type": "text",
         *               "text": "Can a landlord keep the whole deposit?"
         *             }
         *           ]
         *         }
         *       ]
         *     }
         */
        UIChatRequest: {
            /** @example b7Xk2QpLr9TzW4mA */
            id: string;
            /**
             * @description `regenerate-message`: another answer to the user message at the end.
             * @enum {string|null}
             */
            trigger?: "submit-message" | "regenerate-message" | null;
            /** @description The whole conversation, as the client has it. Only the user message at its end is read, and the id of the message before it. */
            messages: components["schemas"]["SentUIMessage"][];
            /** @description Default: the server's. */
            model?: string | null;
        };
        SentUIMessage: {
            /** @example b7Xk2QpLr9TzW4mA */
            id: string;
            /** @enum {string} */
            role: "system" | "user" | "assistant";
            parts?: ({
                /** @enum {string} */
                type: "text";
                text: string;
            } | {
                /** @enum {string} */
                type: "file";
                /** @description `/files/{id}/content` of one of your files, or a `data:` URL, which is uploaded. */
                url: string;
                mediaType?: string | null;
                filename?: string | null;
            } | {
                type: string;
            })[] | null;
        };
        UIMessage: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            role: "user" | "assistant";
            metadata: {
                [key: string]: unknown;
            };
            /** @description `step-start`, `reasoning`, `text`, and of each citation `source-document` and `data-citation`; of a user message `file` and `text`. */
            parts: {
                [key: string]: unknown;
            }[];
        };
        /**
         * @example {
         *       "messages": [
         *         {
         *           "id": "Zk3nVw8sQ1YbT6rE",
         *           "role": "user",
         *           "parts": [
         *             {
         *               "type": "text",
         *               "text": "Can a landlord keep the whole deposit?"
         *             }
         *           ]
         *         }
         *       ]
         *     }
         */
        UIWorkflowRequest: {
            /** @example b7Xk2QpLr9TzW4mA */
            id?: string | null;
            /**
             * @description `regenerate-message`: another answer to the user message at the end.
             * @enum {string|null}
             */
            trigger?: "submit-message" | "regenerate-message" | null;
            /** @description The whole conversation, as the client has it. Only the user message at its end is read, and the id of the message before it. */
            messages: components["schemas"]["SentUIMessage"][];
            /** @description Default: the server's. */
            model?: string | null;
        };
        Ticket: {
            /** @example q0hEJx4m5mFlzKx7s3nYb0c1uJm2vT8wQe6RrZy9AaU */
            ticket: string;
            /**
             * @description Seconds.
             * @example 60
             */
            expires_in: number;
        };
        /**
         * @example {
         *       "chat_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
         *     }
         */
        NewTicket: {
            /**
             * Format: uuid
             * @description Without it, the ticket opens a socket of the AI SDK for all chats.
             * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
             */
            chat_id?: string | null;
        };
        OpenAiModels: {
            /** @enum {string} */
            object: "list";
            data: components["schemas"]["OpenAiModel"][];
        };
        OpenAiModel: {
            /** @example gpt-4o-mini */
            id: string;
            /** @enum {string} */
            object: "model";
            /** @description Always 0: not known. */
            created: number;
            owned_by: string;
        };
        ChatCompletion: {
            /** @description `chatcmpl-` and the id of the answer. */
            id: string;
            /** @enum {string} */
            object: "chat.completion";
            /** @description Seconds since 1970. */
            created: number;
            model: string;
            choices: {
                /** @enum {number} */
                index: 0;
                message: {
                    /** @enum {string} */
                    role: "assistant";
                    content: string;
                    refusal: null;
                    annotations: {
                        /** @enum {string} */
                        type: "url_citation";
                        url_citation: {
                            /** @description Of the marker in the text, in code points. */
                            start_index: number;
                            end_index: number;
                            title: string;
                            url: string;
                        };
                    }[];
                    /** @description Of an answer from documents: what the annotations link to. */
                    citations?: components["schemas"]["Citation"][];
                    /** @description The model's reasoning, if the server stores it. */
                    reasoning_content?: string;
                };
                logprobs: null;
                /** @enum {string} */
                finish_reason: "stop" | "length" | "content_filter";
            }[];
            usage?: {
                prompt_tokens: number;
                completion_tokens: number;
                total_tokens: number;
                prompt_tokens_details: {
                    cached_tokens: number;
                };
                completion_tokens_details: {
                    reasoning_tokens: number;
                };
                cost: string | null;
                estimated: boolean;
            };
            /**
             * Format: uuid
             * @description To continue it, send it as `metadata.chat_id`.
             */
            chat_id: string;
        };
        /**
         * @description Other parameters of OpenAI, such as `temperature` or `tools`, are ignored.
         * @example {
         *       "model": "gpt-4o-mini",
         *       "messages": [
         *         {
         *           "role": "user",
         *           "content": "Can a landlord keep the whole deposit?"
         *         }
         *       ]
         *     }
         */
        CompletionRequest: {
            /** @description Default: the server's. */
            model?: string | null;
            /** @description The whole conversation, the user's message last. System and developer messages are instructions below the server's own, which they do not replace. Messages of tools are left out. */
            messages: components["schemas"]["CompletionMessage"][];
            stream?: boolean | null;
            /** @description With `include_usage`, a stream ends with its usage. */
            stream_options?: ({
                include_usage?: boolean | null;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description True keeps the conversation as a chat that is in no list and in no search. Otherwise it is deleted after about 15 minutes. */
            store?: boolean | null;
            /**
             * @description Kept with the user message, but for `chat_id`: it continues that chat of yours with the last message; the messages above are then those of the chat.
             * @example {
             *       "client": "web"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description Your documents that the message is about. */
            file_ids?: string[] | null;
            max_completion_tokens?: number | null;
            max_tokens?: number | null;
            n?: number | null;
            response_format?: ({
                /** @enum {string} */
                type: "text";
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        CompletionMessage: {
            /** @enum {string} */
            role: "system" | "developer" | "user" | "assistant" | "tool" | "function";
            content?: string | ({
                type: string;
                text?: string | null;
                refusal?: string | null;
                file?: ({
                    /**
                     * Format: uuid
                     * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
                     */
                    file_id?: string | null;
                } & {
                    [key: string]: unknown;
                }) | null;
            } & {
                [key: string]: unknown;
            })[] | null;
        };
        ResponseObject: {
            /** @description `resp_` and the id of the answer. */
            id: string;
            /** @enum {string} */
            object: "response";
            /** @description Seconds since 1970. */
            created_at: number;
            /** @enum {string} */
            status: "queued" | "in_progress" | "completed" | "incomplete" | "cancelled" | "failed";
            background: boolean;
            error: {
                code: string;
                message: string;
            } | null;
            incomplete_details: {
                reason: string;
            } | null;
            instructions: null;
            max_output_tokens: null;
            metadata: Record<string, never>;
            model: string;
            output: {
                id: string;
                /** @enum {string} */
                type: "message";
                /** @enum {string} */
                role: "assistant";
                /** @enum {string} */
                status: "in_progress" | "completed" | "incomplete";
                content: {
                    /** @enum {string} */
                    type: "output_text";
                    text: string;
                    annotations: {
                        /** @enum {string} */
                        type: "file_citation";
                        /** Format: uuid */
                        file_id: string;
                        filename: string;
                        /** @description Of the marker in the text, in code points. */
                        index: number;
                    }[];
                    logprobs: unknown[];
                }[];
            }[];
            parallel_tool_calls: boolean;
            previous_response_id: string | null;
            reasoning: {
                effort: null;
                summary: null;
            };
            /** @enum {string} */
            service_tier: "default";
            store: boolean;
            temperature: number;
            text: {
                format: {
                    /** @enum {string} */
                    type: "text";
                };
            };
            /** @enum {string} */
            tool_choice: "auto";
            tools: unknown[];
            top_p: number;
            /** @enum {string} */
            truncation: "disabled";
            user: null;
            usage: {
                input_tokens: number;
                input_tokens_details: {
                    cached_tokens: number;
                };
                output_tokens: number;
                output_tokens_details: {
                    reasoning_tokens: number;
                };
                total_tokens: number;
                cost: string | null;
                estimated: boolean;
            } | null;
            /** Format: uuid */
            chat_id: string;
            citations?: components["schemas"]["Citation"][];
        };
        /**
         * @description Other parameters of OpenAI, such as `temperature` or `tools`, are ignored.
         * @example {
         *       "model": "gpt-4o-mini",
         *       "input": "Can a landlord keep the whole deposit?"
         *     }
         */
        ResponseRequest: {
            /** @description Default: the server's. */
            model?: string | null;
            /** @description A text, or messages, the user's last. Items of other types, such as calls of tools, are left out. */
            input: string | components["schemas"]["ResponseInputItem"][];
            /** @description Below the server's own, which they do not replace. They hold for this response. */
            instructions?: string | null;
            /** @description Continues the conversation below that response, which may have several continuations. */
            previous_response_id?: string | null;
            stream?: boolean | null;
            /** @description True: responds at once, while the answer is generated. Read it by its id. */
            background?: boolean | null;
            /** @description False deletes the response after about 15 minutes. Otherwise it is kept in a chat that is in no list and in no search. */
            store?: boolean | null;
            /**
             * @description Kept with the user message, but for `chat_id`: it continues that chat of yours.
             * @example {
             *       "client": "web"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description Your documents that the input is about. */
            file_ids?: string[] | null;
            max_output_tokens?: number | null;
        } & {
            [key: string]: unknown;
        };
        ResponseInputItem: {
            type?: string | null;
            /** @enum {string|null} */
            role?: "system" | "developer" | "user" | "assistant" | null;
            content?: string | ({
                type: string;
                text?: string | null;
                refusal?: string | null;
                /**
                 * Format: uuid
                 * @example 01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10
                 */
                file_id?: string | null;
            } & {
                [key: string]: unknown;
            })[] | null;
        } & {
            [key: string]: unknown;
        };
        DeletedResponse: {
            id: string;
            /** @enum {string} */
            object: "response";
            /** @enum {boolean} */
            deleted: true;
        };
        File: {
            /** Format: uuid */
            id: string;
            /** @example lease.pdf */
            original_name: string;
            /** @example application/pdf */
            content_type: string;
            /** @description Bytes. */
            file_size: number;
            /** @example /files/01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10/content */
            file_url: string;
            /**
             * @description `pending`: waiting for its bytes. `processing`: ingestion is running. `ready`: it can be searched, attached to messages and cited. `failed`: see `failure`.
             * @enum {string}
             */
            status: "pending" | "processing" | "ready" | "failed";
            /** @description True once the file is ready. */
            processed: boolean;
            /** @description Why the ingestion failed, with a sentence for the user. */
            failure: {
                /** @enum {string} */
                code: "unsupported_type" | "unsupported_rtf" | "unsupported_mhtml" | "unsupported_office_xml" | "unsupported_pdf_source" | "unknown_encoding" | "encrypted" | "empty" | "damaged" | "too_many_pages" | "too_large" | "too_much_text" | "needs_ocr" | "ocr_failed" | "ocr_unpaid" | "missing" | "changed" | "unreadable";
                /** @description What happened, and what to do. */
                detail: string;
                /** @description Of `unknown_encoding`: the encodings that it may be, the likeliest first. Complete the file with one of them. */
                candidates?: string[];
            } | null;
            /** @description The encoding that the client named; null if the bytes decide. */
            encoding: string | null;
            /**
             * Format: uuid
             * @description The mail that this file was attached to. Deleting it deletes this file.
             */
            parent_file_id: string | null;
            /** @description Null for a document without known pages. Of a PDF it is known once ingestion has opened it, of other formats once the text is extracted. */
            page_count: number | null;
            /** @description How many of its pages are scanned and not transcribed: they show pictures and no text, or no more than a stamp, so that nothing of them can be searched or quoted. Known once the text is extracted. */
            scanned_pages: number | null;
            /** @description How many of `page_count` pages are done: it grows while pages are read, and then while scanned pages are transcribed. Null before the first page, and for a document without known pages. */
            pages_done: number | null;
            /** @description How many scanned pages could not be transcribed; completing the file again retries only these. 0 if the server transcribes none. */
            pages_failed: number | null;
            /** @description How many characters its pages show whose Unicode is not known: they are U+FFFD in its text. Known once the text is extracted. */
            unreadable: number | null;
            /** Format: date-time */
            created_at: string;
        };
        StartedUpload: {
            file: components["schemas"]["File"];
            upload: {
                /** @enum {string} */
                method: "PUT";
                url: string;
                headers: {
                    [key: string]: string;
                };
                /** Format: date-time */
                expires_at: string;
            };
        };
        NewFile: {
            /**
             * @description Of a path, the part behind the last slash or backslash is kept.
             * @example lease.pdf
             */
            original_name: string;
            /** @example application/pdf */
            content_type: string;
            /**
             * @description Bytes; at most 50 MiB.
             * @example 48213
             */
            file_size: number;
            /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            sha256: string;
        };
        UploadCompletion: {
            /**
             * @description Of a text: a label of the WHATWG Encoding Standard.
             * @example windows-1250
             */
            encoding?: string | null;
        };
        SignedUrl: {
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        FileText: {
            /** Format: uuid */
            file_id: string;
            /** @description Length of the whole text in code points. */
            length: number;
            pages: {
                /** @description A long page is divided into several entries. Null if the document has no known pages. */
                page: number | null;
                /** @description Offset into the whole text, in code points. */
                start: number;
                end: number;
                text: string;
                /** @description Regions outside of the body text. */
                regions: {
                    /** @description Offset into the whole text, in code points. */
                    start: number;
                    end: number;
                    /** @enum {string} */
                    kind: "header" | "footer" | "comment" | "note" | "note_mark" | "form_field" | "annotation" | "signature" | "struck_out";
                }[];
                /** @description The number of visible characters that could not be mapped to Unicode. */
                unreadable: number;
                /** @description True for a page that shows pictures and no text, or no more than a stamp. */
                is_scanned: boolean;
                /**
                 * @description `ocr`: a model transcribed the page from its picture, and may have misread it.
                 * @enum {string}
                 */
                source: "text" | "ocr";
            }[];
            next_cursor: string | null;
        };
        SearchResponse: {
            /** @description Best first. */
            hits: components["schemas"]["SearchHit"][];
        };
        SearchHit: {
            /** @enum {string} */
            kind: "message" | "passage";
            /**
             * Format: uuid
             * @description Present on messages.
             */
            chat_id?: string;
            /** @description Present on messages. */
            chat_title?: string;
            /**
             * Format: uuid
             * @description Present on messages.
             */
            message_id?: string;
            /**
             * Format: uuid
             * @description Present on passages.
             */
            file_id?: string;
            /** @description Present on passages. */
            file_name?: string;
            /** @description The page on which the passage begins. */
            page?: number;
            /** @description The start of the passage in the file's text, in code points. */
            start?: number;
            end?: number;
            /** @description The headings above the passage, outermost first. Of a row of a table, the header row is the last, its cells separated by tabs. */
            headings?: string[];
            /**
             * @description Safe HTML: escaped text with matches in `<mark>`.
             * @example The <mark>notice period</mark> is three months.
             */
            snippet: string;
            /** @description Comparable within one response; higher is better. */
            score: number;
        };
        /** @description A model's analysis of the document. `citation` is the text of the document that supports the point, verified; null where none was found. `unverified_quote` is the model's quotation, if it was not found in the document. */
        Analysis: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            file_id: string;
            /** @example gpt-4o-mini */
            model: string;
            /** @description The number of parts in which the document was analysed. */
            parts: number;
            /** @example Residential lease */
            document_type: string | null;
            title: string | null;
            summary: string;
            parties: {
                name: string;
                role: string;
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            }[];
            governing_law: {
                law: string;
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            } | null;
            dates_and_deadlines: {
                date: string;
                description: string;
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            }[];
            obligations: {
                party: string;
                obligation: string;
                due: string | null;
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            }[];
            money: {
                amount: string;
                currency: string | null;
                purpose: string;
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            }[];
            termination: {
                description: string;
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            }[];
            unusual_clauses: {
                description: string;
                /** @enum {string} */
                severity: "low" | "medium" | "high";
                citation: components["schemas"]["Citation"] | null;
                unverified_quote: string | null;
            }[];
            /** @description Clauses that such a document should have and does not; without quotations. */
            missing_clauses: {
                description: string;
                /** @enum {string} */
                severity: "low" | "medium" | "high";
            }[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            completed_at: string;
        };
        /** @description The data of one event of an analysis, as JSON. */
        AnalysisEvent: components["schemas"]["AnalysisProgressEvent"] | components["schemas"]["AnalysisCompleteEvent"] | components["schemas"]["ErrorEvent"] | components["schemas"]["StreamCompleteEvent"];
        AnalysisProgressEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "analysis_progress";
            /** Format: uuid */
            analysis_id: string;
            /** @description How many parts are done. */
            part: number;
            parts: number;
        };
        AnalysisCompleteEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "analysis_complete";
            /** Format: uuid */
            analysis_id: string;
            /** @description Null where it would make the event longer than 4 KiB: the same call as JSON returns it. */
            analysis: components["schemas"]["Analysis"] | null;
        };
        /** @example {} */
        AnalysisRequest: {
            /** @description Make a new analysis even if one is stored. Default: false. */
            refresh?: boolean | null;
            /** @description The model of a new analysis; a stored one is returned whichever model made it. */
            model?: string | null;
        };
        UsageReport: {
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            totals: components["schemas"]["UsageTotals"];
            series: components["schemas"]["UsageEntry"][];
            /** @enum {string} */
            group_by: "day" | "model" | "chat" | "kind";
        };
        UsageTotals: {
            calls: number;
            prompt_tokens: number;
            /** @description Reasoning included. */
            completion_tokens: number;
            total_tokens: number;
            cached_tokens: number;
            reasoning_tokens: number;
            /**
             * @description Exact decimal: the sum of all calls whose price is known.
             * @example 1.204500
             */
            cost: string;
            /** @enum {string} */
            currency: "USD";
            /** @description Calls whose cost is unknown. */
            unpriced_calls: number;
            /** @description Calls whose usage is an estimate. */
            estimated_calls: number;
        };
        UsageEntry: components["schemas"]["UsageTotals"] & {
            /**
             * @description The day, model, chat id, kind of call or account id; null without a chat, or for a deleted one.
             * @example 2026-11-23
             */
            key: string | null;
        };
        UsageLimits: {
            limits: components["schemas"]["UsageLimit"][];
        };
        UsageLimit: {
            /**
             * @description The account, or the API key.
             * @enum {string}
             */
            subject: "user" | "key";
            /**
             * @description UTC.
             * @enum {string}
             */
            period: "day" | "month";
            /**
             * @description `cost` is in US dollars.
             * @enum {string}
             */
            unit: "tokens" | "cost";
            /**
             * @description The limit. An exact decimal.
             * @example 5.000000
             */
            limit: string;
            /**
             * @description What ended calls have used. An exact decimal.
             * @example 5.000000
             */
            used: string;
            /**
             * @description The most that running answers may use. An exact decimal.
             * @example 5.000000
             */
            reserved: string;
            /**
             * @description What a new answer may use. An exact decimal.
             * @example 5.000000
             */
            left: string;
            /** Format: date-time */
            renews_at: string;
            /** @description Calls of the period whose cost is unknown, and not in `used`. */
            unpriced_calls: number;
        };
        Accounts: {
            users: components["schemas"]["Account"][];
            /** @description Null on the last page. */
            next_cursor: string | null;
        };
        Account: {
            /** Format: uuid */
            id: string;
            /** @example Ada Example */
            name: string;
            /** @example ada@example.com */
            email: string;
            /** @enum {string} */
            role: "user" | "admin";
            is_active: boolean;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description The last sign-in, renewal of a session or use of an API key; null if there was none.
             */
            last_seen_at: string | null;
            budget: components["schemas"]["Budget"] & unknown;
            /** @description Of this month, UTC. */
            usage: {
                calls: number;
                tokens: number;
                /**
                 * @description Exact decimal: the sum of all calls whose price is known.
                 * @example 1.204500
                 */
                cost: string;
                /** @enum {string} */
                currency: "USD";
                /** @description Calls whose cost is unknown. */
                unpriced_calls: number;
            };
        };
        /**
         * @example {
         *       "is_active": false
         *     }
         */
        AccountChange: {
            /** @description False ends all sessions and API keys; the account keeps its chats and files. */
            is_active?: boolean | null;
            /** @enum {string|null} */
            role?: "user" | "admin" | null;
            /**
             * @description By day or month, UTC.
             * @example {
             *       "month": {
             *         "cost": "12.50"
             *       }
             *     }
             */
            budget?: {
                /** @description Null takes the limit of the day away. */
                day?: {
                    /**
                     * @description Without it, tokens are not limited.
                     * @example 2000000
                     */
                    tokens?: number | null;
                    /**
                     * @description US dollars, as an exact decimal. Without it, money is not limited.
                     * @example 12.50
                     */
                    cost?: string | null;
                } | null;
                /** @description Null takes the limit of the month away. */
                month?: {
                    /**
                     * @description Without it, tokens are not limited.
                     * @example 2000000
                     */
                    tokens?: number | null;
                    /**
                     * @description US dollars, as an exact decimal. Without it, money is not limited.
                     * @example 12.50
                     */
                    cost?: string | null;
                } | null;
            } | null;
        };
        AllUsageReport: {
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            totals: components["schemas"]["UsageTotals"];
            series: components["schemas"]["UsageEntry"][];
            /** @enum {string} */
            group_by: "user" | "day" | "model";
        };
    };
    responses: {
        /** @description `malformed_json`, `invalid_encoding`, `malformed_header`, `malformed_request`, `malformed_upload`, `unknown_event_id`, `unknown_offset`, `sign_in_expired` */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:malformed_json",
                 *       "title": "Malformed JSON",
                 *       "status": 400,
                 *       "detail": "The request body is not valid JSON.",
                 *       "code": "malformed_json",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`, `invalid_token` */
        Unauthorized: {
            headers: {
                /** @description The challenge (RFC 6750 section 3). */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:unauthenticated",
                 *       "title": "Not signed in",
                 *       "status": 401,
                 *       "detail": "Sign in to use this part of the API.",
                 *       "code": "unauthenticated",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `origin_not_allowed`, `sign_in_denied`, `account_deactivated`, `identity_without_email`, `fresh_sign_in_required`, `password_sign_in_off`, `insufficient_scope` */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:origin_not_allowed",
                 *       "title": "Origin not allowed",
                 *       "status": 403,
                 *       "detail": "Requests with a session cookie that change data, and live sockets, must come from an allowed origin.",
                 *       "code": "origin_not_allowed",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found` */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:not_found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "You have nothing with this id.",
                 *       "code": "not_found",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `turn_in_progress`, `file_failed`, `file_processing` */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:turn_in_progress",
                 *       "title": "Answer in progress",
                 *       "status": 409,
                 *       "detail": "An answer is running in this chat. Wait until it ends, or stop it.",
                 *       "code": "turn_in_progress",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `log_pruned` */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:log_pruned",
                 *       "title": "Events no longer kept",
                 *       "status": 410,
                 *       "detail": "Events after this offset are no longer kept. Continue with the offset `-1`, and read what was before from the chat's messages.",
                 *       "code": "log_pruned",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `precondition_failed` */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:precondition_failed",
                 *       "title": "Changed meanwhile",
                 *       "status": 412,
                 *       "detail": "The chat has changed since you read it. Read it again, then repeat the change.",
                 *       "code": "precondition_failed",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `body_too_large`, `file_too_large` */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:body_too_large",
                 *       "title": "Body too large",
                 *       "status": 413,
                 *       "detail": "The request body is larger than this route allows. Send a smaller one.",
                 *       "code": "body_too_large",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_media_type`, `unsupported_content_encoding`, `unsupported_file` */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:unsupported_media_type",
                 *       "title": "Unsupported content type",
                 *       "status": 415,
                 *       "detail": "This route only accepts the content type application/json.",
                 *       "code": "unsupported_media_type",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `validation_failed` */
        UnprocessableContent: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:validation_failed",
                 *       "title": "Validation failed",
                 *       "status": 422,
                 *       "detail": "Some fields are missing, unknown or invalid; `errors` lists them.",
                 *       "code": "validation_failed",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `upgrade_required` */
        UpgradeRequired: {
            headers: {
                /** @description The protocol that the route speaks. */
                Upgrade?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:upgrade_required",
                 *       "title": "Upgrade required",
                 *       "status": 426,
                 *       "detail": "This route only accepts WebSocket connections.",
                 *       "code": "upgrade_required",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate_limited` */
        TooManyRequests: {
            headers: {
                /** @description Seconds after which a retry may succeed. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:rate_limited",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "You have reached a limit; `limit` names it. Retry after the time in the Retry-After header.",
                 *       "code": "rate_limited",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `ai_unavailable`, `ai_unauthorized`, `ai_quota`, `ai_model_not_found`, `ai_context_exceeded`, `ai_filtered`, `ai_empty`, `ai_length`, `turn_interrupted` */
        BadGateway: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:ai_unavailable",
                 *       "title": "AI provider failed",
                 *       "status": 502,
                 *       "detail": "The AI provider failed. The text so far is saved; retry.",
                 *       "code": "ai_unavailable",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `identity_provider_unavailable`, `server_busy`, `limiter_unavailable`, `ai_not_configured`, `ai_circuit_open`, `ai_overloaded`, `database_unavailable`, `room_unavailable`, `storage_unavailable`, `storage_not_configured`, `save_delayed` */
        ServiceUnavailable: {
            headers: {
                /** @description Seconds after which a retry may succeed. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:identity_provider_unavailable",
                 *       "title": "Identity provider unavailable",
                 *       "status": 503,
                 *       "detail": "The identity provider cannot be reached right now. Retry in a moment.",
                 *       "code": "identity_provider_unavailable",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `ai_timeout`, `file_not_ready` */
        GatewayTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:ai_timeout",
                 *       "title": "AI provider too slow",
                 *       "status": 504,
                 *       "detail": "The AI provider took too long to respond. The text so far is saved; retry.",
                 *       "code": "ai_timeout",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `malformed_json`, `malformed_header`, `invalid_encoding`, `not_acceptable`, `body_too_slow`, `body_too_large`, `unsupported_media_type`, `unsupported_content_encoding`, `https_required`, `headers_too_large`, `internal_error`, `misconfigured`, `database_unavailable`, `limiter_unavailable`, `rate_limited`, `origin_not_allowed`, `insufficient_scope` */
        AnyProblem: {
            headers: {
                /** @description Seconds after which a retry may succeed. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:indifly:problem:internal_error",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "An unexpected error occurred on the server. If it persists, report the request id.",
                 *       "code": "internal_error",
                 *       "instance": "/chats",
                 *       "request_id": "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Id of what the path names. */
        Id: string;
        /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
        IdempotencyKey: string;
        /** @description Respond with 304 if the client has what has this tag. */
        IfNoneMatch: string;
        /** @description The most entries of a page. */
        Limit: number;
        /** @description Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409. */
        LastEventId: string;
        /** @description `next_cursor` of the previous page. */
        Cursor: string;
    };
    requestBodies: never;
    headers: {
        /** @description Entity tag of this response, for `If-None-Match`. */
        ETag: string;
        /** @description `true` when an earlier request with this key made the change. */
        IdempotentReplayed: string;
        /** @description Its path. */
        Location: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    signUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Register"];
            };
        };
        responses: {
            /** @description The account, its tokens, and the session cookies. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description The account, its tokens, and the session cookies. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    refreshSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshToken"];
            };
        };
        responses: {
            /** @description New tokens, or a renewed cookie. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"] | components["schemas"]["CookieRenewed"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshToken"];
            };
        };
        responses: {
            /** @description The session has ended; the cookies that were sent are cleared. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    listSignInMethods: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the configuration allows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInMethods"];
                };
            };
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgottenPassword"];
            };
        };
        responses: {
            /** @description If an account has this address, a mail will arrive. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description The password was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    verifyEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailVerification"];
            };
        };
        responses: {
            /** @description The address is verified. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    signInWithSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondStep"];
            };
        };
        responses: {
            /** @description The account, its tokens, and the session cookies. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    startOidcSignIn: {
        parameters: {
            query?: {
                /** @description An own path, or a URL of an allowed origin. With `mode=code` and `code_challenge` also http://127.0.0.1 or http://[::1] with any port and path. */
                return_to?: string;
                /** @description `cookie` sets the session cookies. `code` adds a `code` to `return_to`, or responds with it, for POST /auth/oidc/exchange. */
                mode?: "cookie" | "code";
                /** @description With `mode=code`: the S256 challenge of PKCE (RFC 7636). */
                code_challenge?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sends the browser to the identity provider. */
            302: {
                headers: {
                    /** @description Where the browser goes on. */
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    completeOidcSignIn: {
        parameters: {
            query?: {
                /** @description Names the sign-in that was started. */
                state?: string;
                /** @description The provider's authorization code. */
                code?: string;
                /** @description The provider's issuer (RFC 9207). */
                iss?: string;
                /** @description Why the provider refused. */
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `mode=code` and without `return_to`: the code. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInCode"];
                };
            };
            /** @description The session cookies are set, or the location has a `code`, or an `error`. */
            302: {
                headers: {
                    /** @description Where the browser goes on. */
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    exchangeOidcCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeExchange"];
            };
        };
        responses: {
            /** @description The account and its tokens; no cookies are set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    getErasureReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt, with what was erased so far. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
        };
    };
    getOwnAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, and how it signs in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnAccount"];
                };
            };
        };
    };
    deleteOwnAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AccountDeletion"];
            };
        };
        responses: {
            /** @description The account was deleted and the cookies are cleared. */
            204: {
                headers: {
                    /** @description The path of the receipt: `/erasures/{id}`. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateOwnAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: components["parameters"]["Limit"];
                /** @description The cursor in `Link`. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    /** @description `next` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][];
                };
            };
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The other sessions have ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description The password was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    resendVerificationMail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description If there is an address to verify, a mail will arrive. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    enrolSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SecondFactorEnrolment"];
            };
        };
        responses: {
            /** @description The secret of the app, shown only once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactorSecret"];
                };
            };
        };
    };
    disableSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SecondFactorRemoval"];
            };
        };
        responses: {
            /** @description The second factor is disabled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        message: string;
                        data: Record<string, never>;
                    };
                };
            };
        };
    };
    confirmSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorConfirmation"];
            };
        };
        responses: {
            /** @description Ten codes for when the app is lost: each works once, in its place. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    linkOidcIdentity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["IdentityLink"];
            };
        };
        responses: {
            /** @description Where the person signs in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationUrl"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, without their secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"][];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description The key, shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ApiKeyChange"];
            };
        };
        responses: {
            /** @description The key as it is now, without its secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    exportOwnAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The zip file, as an attachment. */
            200: {
                headers: {
                    /** @description RFC 6266. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
        };
    };
    listSecurityEvents: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `next_cursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityEvents"];
                };
            };
        };
    };
    openSocket: {
        parameters: {
            query?: {
                /** @description The credential, in place of a token. */
                ticket?: string;
            };
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection is a WebSocket from here on. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerFrame"] | components["schemas"]["ClientFrame"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: number;
                /** @description Counts from the newest message; ignored with `before` or `after`. */
                offset?: number;
                /** @description List the messages before this one. */
                before?: string;
                /** @description List the messages after this one. */
                after?: string;
            };
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description `next` and `prev` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"][];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sendMessageInChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
                /** @description Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409. */
                "last-event-id"?: components["parameters"]["LastEventId"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskInChat"];
            };
        };
        responses: {
            /** @description The answer, once it is complete. Or: Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAnswer"];
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OfferedModels"];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
                /** @description Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409. */
                "last-event-id"?: components["parameters"]["LastEventId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Ask"];
            };
        };
        responses: {
            /** @description The answer, once it is complete. Or: Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAnswer"];
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
        };
    };
    streamMessageInChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
                /** @description Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409. */
                "last-event-id"?: components["parameters"]["LastEventId"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskInChat"];
            };
        };
        responses: {
            /** @description Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
        };
    };
    followTurn: {
        parameters: {
            query?: {
                /** @description Id of the last event that you have received. */
                after?: string;
            };
            header?: {
                /** @description Takes precedence over `after`. */
                "last-event-id"?: string;
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
            /** @description No turn is running, or the turn has no further events. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    stopAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Stop"];
            };
        };
        responses: {
            /** @description The answer as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description There is no answer in this chat. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    regenerateAnswer: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
                /** @description Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409. */
                "last-event-id"?: components["parameters"]["LastEventId"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnswerAgain"];
            };
        };
        responses: {
            /** @description The answer, once it is complete. Or: Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAnswer"];
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
        };
    };
    editMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
                /** @description Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409. */
                "last-event-id"?: components["parameters"]["LastEventId"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskInChat"];
            };
        };
        responses: {
            /** @description The answer, once it is complete. Or: Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAnswer"];
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
        };
    };
    readChatEvents: {
        parameters: {
            query?: {
                /** @description A value of `Stream-Next-Offset`; `-1` for the oldest kept event, `now` for the next. Default: `-1`. Required with `live`. */
                offset?: string;
                /** @description How to wait for events that are not there yet. */
                live?: "long-poll" | "sse";
                /** @description The last value of `Stream-Cursor`. */
                cursor?: string;
            };
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events after the offset. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description The offset after the last event of this response. */
                    "Stream-Next-Offset"?: string;
                    /** @description `true` where no event follows yet. */
                    "Stream-Up-To-Date"?: string;
                    /** @description `true` where no event will follow, because the chat was deleted. */
                    "Stream-Closed"?: string;
                    /** @description With `live`: to be sent as `cursor` with the next request. */
                    "Stream-Cursor"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatEvents"];
                    "text/event-stream": string;
                };
            };
            /** @description With `live=long-poll`: there is no event yet. It has the same headers. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    createSocketTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewTicket"];
            };
        };
        responses: {
            /** @description The ticket. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    sendConversation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UIChatRequest"];
            };
        };
        responses: {
            /** @description The UI message stream of the AI SDK: `start` with the id of the answer, `start-step`, reasoning and text in parts, `source-document` and `data-citation` of each citation, a transient `data-title` where the chat gets a title, `finish-step` and `finish` with `status`, `finish_reason`, `model` and `usage` in its metadata, and `[DONE]`. A failure is an `error` chunk before `finish`. Disconnecting does not stop the answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    resumeConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that the client made of the chat, or ours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The UI message stream of the AI SDK: `start` with the id of the answer, `start-step`, reasoning and text in parts, `source-document` and `data-citation` of each citation, a transient `data-title` where the chat gets a title, `finish-step` and `finish` with `status`, `finish_reason`, `model` and `usage` in its metadata, and `[DONE]`. A failure is an `error` chunk before `finish`. Disconnecting does not stop the answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description No answer is running, or there is no such chat yet. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    stopConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that the client made of the chat, or ours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description There is no answer in this chat. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    loadConversation: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id that the client made of the chat, or ours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UIMessage"][];
                };
            };
        };
    };
    sendToWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UIWorkflowRequest"];
            };
        };
        responses: {
            /** @description The UI message stream of the AI SDK: `start` with the id of the answer, `start-step`, reasoning and text in parts, `source-document` and `data-citation` of each citation, a transient `data-title` where the chat gets a title, `finish-step` and `finish` with `status`, `finish_reason`, `model` and `usage` in its metadata, and `[DONE]`. A failure is an `error` chunk before `finish`. Disconnecting does not stop the answer. */
            200: {
                headers: {
                    /** @description The id of the answer. */
                    "x-workflow-run-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    resumeWorkflow: {
        parameters: {
            query?: {
                /** @description The number of chunks that you have received. */
                startIndex?: number;
            };
            header?: never;
            path: {
                /** @description The id that the client made of the chat, or ours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The UI message stream of the AI SDK: `start` with the id of the answer, `start-step`, reasoning and text in parts, `source-document` and `data-citation` of each citation, a transient `data-title` where the chat gets a title, `finish-step` and `finish` with `status`, `finish_reason`, `model` and `usage` in its metadata, and `[DONE]`. A failure is an `error` chunk before `finish`. Disconnecting does not stop the answer. */
            200: {
                headers: {
                    /** @description For a negative `startIndex`: from where the client counts. */
                    "x-workflow-stream-tail-index"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    openConversationSocket: {
        parameters: {
            query?: {
                /** @description From `POST /ws/tickets`, in place of a token. One of a chat opens a socket of that chat alone. */
                ticket?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection is a WebSocket from here on. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listOpenaiModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models of the configured providers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiModels"];
                };
            };
        };
    };
    getOpenaiModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the model. */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The model. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiModel"];
                };
            };
        };
    };
    createChatCompletion: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompletionRequest"];
            };
        };
        responses: {
            /** @description The completion; with `stream`, its chunks as server-sent events, then `[DONE]`. A stream that fails ends with an event that has `error`, and without `[DONE]`. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatCompletion"];
                    "text/event-stream": string;
                };
            };
        };
    };
    createResponse: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResponseRequest"];
            };
        };
        responses: {
            /** @description The response; as a stream, its events, each with a `sequence_number` that counts from 0, and `[DONE]`. `response.completed`, `response.incomplete` or `response.failed` is the last event. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResponseObject"];
                    "text/event-stream": string;
                };
            };
        };
    };
    getResponse: {
        parameters: {
            query?: {
                /** @description `true` streams the events of the response, also while it is generated. */
                stream?: "true" | "false";
                /** @description The `sequence_number` of the last event that you have received. */
                starting_after?: string;
            };
            header?: never;
            path: {
                /** @description Id of the response. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The response; as a stream, its events, each with a `sequence_number` that counts from 0, and `[DONE]`. `response.completed`, `response.incomplete` or `response.failed` is the last event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResponseObject"];
                    "text/event-stream": string;
                };
            };
        };
    };
    deleteResponse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the response. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The response was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedResponse"];
                };
            };
        };
    };
    cancelResponse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the response. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The response as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResponseObject"];
                };
            };
        };
    };
    listChats: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: components["parameters"]["Limit"];
                /** @description How many entries to skip. */
                offset?: number;
                /** @description `next_cursor` of the previous page; takes precedence over `offset`. */
                cursor?: string;
                /** @description Text to find in titles, regardless of case. */
                search?: string;
                /** @description Earliest `updated_at`, inclusive. */
                start_date?: string;
                /** @description Latest `updated_at`, exclusive. */
                end_date?: string;
                /** @description True: lists the archived chats alone. */
                archived?: boolean;
            };
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of chats. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatList"];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    createChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewChat"];
            };
        };
        responses: {
            /** @description The new chat. */
            201: {
                headers: {
                    /** @description Strong entity tag of the chat's version. */
                    ETag?: string;
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
        };
    };
    getChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chat. */
            200: {
                headers: {
                    /** @description Strong entity tag of the chat's version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatWithMessages"];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renameChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the chat only if it still has this version; `*` for any. */
                "if-match"?: string;
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameChat"];
            };
        };
        responses: {
            /** @description The chat as it is now. */
            200: {
                headers: {
                    /** @description Strong entity tag of the chat's version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
        };
    };
    deleteChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chat was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatDeleted"];
                };
            };
        };
    };
    updateChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Change the chat only if it still has this version; `*` for any. */
                "if-match"?: string;
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChatChange"];
            };
        };
        responses: {
            /** @description The chat as it is now. */
            200: {
                headers: {
                    /** @description Strong entity tag of the chat's version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
        };
    };
    suggestChatTitle: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NameRequest"];
            };
        };
        responses: {
            /** @description The chat's new name. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestedName"];
                };
            };
        };
    };
    exportChat: {
        parameters: {
            query?: {
                /** @description Of the file. */
                format?: "json" | "markdown";
                /** @description The active path, or every message of the chat. */
                branches?: "active" | "all";
            };
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file, as an attachment named after the chat. */
            200: {
                headers: {
                    /** @description RFC 6266. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatExport"];
                    "text/markdown": string;
                };
            };
        };
    };
    storeMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description The stored message. */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
        };
    };
    listFeedback: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of feedback. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackList"];
                };
            };
        };
    };
    rateAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFeedback"];
            };
        };
        responses: {
            /** @description The stored feedback. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feedback"];
                };
            };
        };
    };
    deleteFeedback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer has no feedback. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The file. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
        };
    };
    listFiles: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: components["parameters"]["Limit"];
                /** @description How many entries to skip. */
                offset?: number;
                /** @description `next_cursor`, or the cursor in `Link`. */
                cursor?: string;
            };
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of files. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description `next` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"][];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    startUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFile"];
            };
        };
        responses: {
            /** @description Where to send the bytes. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedUpload"];
                };
            };
        };
    };
    completeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UploadCompletion"];
            };
        };
        responses: {
            /** @description The file as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file was deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    downloadFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signed URL. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUrl"];
                };
            };
            /** @description Redirect to the bytes. */
            302: {
                headers: {
                    /** @description A signed URL. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getFileText: {
        parameters: {
            query?: {
                /** @description The most entries of `pages`. */
                limit?: number;
                /** @description `next_cursor`, or the cursor in `Link`. */
                cursor?: string;
            };
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of the text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileText"];
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    analyseFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing. */
                "idempotency-key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnalysisRequest"];
            };
        };
        responses: {
            /** @description The analysis. If `Accept` names server-sent events and not JSON, the response is a stream: `analysis_progress` with `part` of `parts` done, then `analysis_complete` or `error` (its event name is `turn_error`), and always `stream_complete`. An `analysis` that would make an event longer than 4 KiB is null: the same call as JSON returns it. The schema is that of one event's data. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Analysis"];
                    "text/event-stream": components["schemas"]["AnalysisEvent"];
                };
            };
        };
    };
    searchMessagesAndFiles: {
        parameters: {
            query: {
                /** @description Words that must all match. `"words in quotes"` match as a phrase, `-word` excludes, and `or` separates alternatives. */
                q: string;
                /** @description Default: both; with `file_id` only files. */
                scope?: "messages" | "files";
                /** @description Search only this file. */
                file_id?: string;
                /** @description Search only this chat: its messages and its attachments. */
                chat_id?: string;
                /** @description The most entries of a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResponse"];
                };
            };
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description The first day, UTC, inclusive. */
                from?: string;
                /** @description The last day, UTC, exclusive. */
                to?: string;
                /** @description What each entry of `series` sums up. */
                group_by?: "day" | "model" | "chat" | "kind";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                    "text/csv": string;
                };
            };
        };
    };
    getBudgets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The budgets; none where nothing is limited. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageLimits"];
                };
            };
        };
    };
    listAllSecurityEvents: {
        parameters: {
            query?: {
                /** @description The most entries of a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `next_cursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events, or all of them as JSON Lines. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEvents"];
                    "application/jsonl": string;
                    "application/x-ndjson": string;
                };
            };
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                /** @description A part of the name or e-mail address, in any case, or a whole id. */
                search?: string;
                /** @description The most entries of a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `next_cursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accounts"];
                };
            };
        };
    };
    updateAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of what the path names. */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AccountChange"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    getUsageOfAllAccounts: {
        parameters: {
            query?: {
                /** @description The first day, UTC, inclusive. */
                from?: string;
                /** @description The last day, UTC, exclusive. */
                to?: string;
                /** @description What each entry of `series` sums up. */
                group_by?: "user" | "day" | "model";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllUsageReport"];
                    "text/csv": string;
                };
            };
        };
    };
    getWelcome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version, and the path of the documentation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Welcome"];
                };
            };
            /** @description Redirects browsers to the documentation. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    checkHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service is healthy or degraded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    checkLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Worker runs. No dependency was checked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "alive";
                    };
                };
            };
        };
    };
    getOpenApiDocument: {
        parameters: {
            query?: never;
            header?: {
                /** @description Respond with 304 if the client has what has this tag. */
                "if-none-match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI 3.1 document. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The client has this already. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics in Prometheus' text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
}
