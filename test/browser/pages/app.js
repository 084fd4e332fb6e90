/** A small frontend of the API: it knows no token, and lets the browser keep the cookies. */
const api = new URL(location.href).searchParams.get("api");
const element = (id) => document.getElementById(id);

/** The challenge of a sign-in that waits for its second factor. */
let challenge;

element("oidc").href =
  `${api}/auth/oidc/start?return_to=${encodeURIComponent(location.href.split("#")[0])}`;
onSubmit("sign-in", ({ email, password }) => signIn("/auth/login", { email, password }));
onSubmit("second-factor", ({ code }) => signIn("/auth/login/totp", { challenge, code }));
onSubmit("chat", ask);
element("sign-out").addEventListener("click", () => void signOut());
await showUser();

function onSubmit(id, handle) {
  element(id).addEventListener("submit", (event) => {
    event.preventDefault();
    element("problem").textContent = "";
    void handle(Object.fromEntries(new FormData(event.target)));
  });
}

function send(method, path, body) {
  return fetch(api + path, {
    method,
    credentials: "include",
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
}

async function showUser() {
  const response = await send("GET", "/users/me");
  const user = await response.json();
  show(response.ok ? "signed-in" : "sign-in");
  element("name").textContent = response.ok ? user.name : "";
  if (response.ok) await follow();
}

function show(id) {
  for (const each of ["sign-in", "second-factor", "signed-in"]) element(each).hidden = each !== id;
}

async function signIn(path, given) {
  const response = await send("POST", path, given);
  if (response.ok) return showUser();
  const problem = await response.json();
  if (problem.code !== "second_factor_required") return report(problem);
  challenge = problem.challenge;
  show("second-factor");
}

async function signOut() {
  const response = await send("POST", "/auth/logout");
  if (!response.ok) return report(await response.json());
  await showUser();
}

function report({ code }) {
  element("problem").textContent = code;
}

/** Asks, and shows the answer piece by piece as it is generated. */
async function ask({ content }) {
  element("answer").textContent = "";
  element("state").textContent = "";
  const response = await send("POST", "/chat", { content, stream: true });
  if (!response.ok) return report(await response.json());
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) onBlock(block);
  }
}

function onBlock(block) {
  const data = block.split("\n").find((line) => line.startsWith("data: "));
  if (data) onEvent(JSON.parse(data.slice("data: ".length)));
}

function onEvent({ type, content, message }) {
  if (type === "user_message") sessionStorage.setItem("chat", message.chat_id);
  if (type === "content_delta") element("answer").textContent += content;
  if (type === "stream_complete") element("state").textContent = "Complete";
}

/** After a reload: the rest of an answer that is still generated. */
async function follow() {
  const chatId = sessionStorage.getItem("chat");
  if (!chatId) return;
  const source = new EventSource(`${api}/chats/${chatId}/stream`, { withCredentials: true });
  for (const type of ["content_delta", "stream_complete"]) {
    source.addEventListener(type, ({ data }) => onEvent(JSON.parse(data)));
  }
  source.addEventListener("stream_complete", () => source.close());
}
