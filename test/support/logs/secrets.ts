/** What no log line may hold: texts that tests send, and the forms of everything that signs in. */

/** The password of most accounts. */
export const PASSWORD = "seven tall lamps";

/** The password that replaces it. */
export const NEW_PASSWORD = "nine short candles";

/** Marks the messages that most tests send. */
export const MARKER = "marker-";

const SENT = [PASSWORD, NEW_PASSWORD, MARKER];

/** By what a line would show. */
const FORMS: Record<string, RegExp> = {
  "a JSON Web Token": /eyJ[\w-]{8,}\.[\w-]{8,}/,
  "an API key": /ifk_\w{8,}/,
  "a token or a hash": /[\w-]{40,}/,
  "a secret of an authenticator app": /\b[A-Z2-7]{26,}\b/,
  "a bearer token": /bearer\s+[\w.-]{4,}/i,
  "a cookie": /\b(access_token|refresh_token|device|oidc\w*)=\S/i,
  "the link of a mail": /#\w+=[\w-]{8,}/,
  "a signed URL": /x-amz-(signature|credential|security-token)/i,
  "a stored password hash": /\$(argon2id|2[aby])\$/,
  "an e-mail address": /[\w.+-]+@[\w-]+\.[a-z]{2,}/i,
};

/** As long as a token, and sign in nothing: the id of a room, in our lines and in those of workerd, and an anchor. */
const HARMLESS =
  /"room_id":"[0-9a-f]{64}"|\bactorId = [0-9a-f]{64}|(?<="event":"audit_anchor".*)"hash":"[0-9a-f]{64}"/g;

/** Fields of a log line that are sentences of ours, or the frames of a stack. */
const SENTENCES = new Set(["reasons", "stack"]);

/** What is wrong with a line of a Worker's log; empty where nothing is. `secrets`: those of the run. */
export function leaksIn(line: string, secrets: readonly string[] = []): string[] {
  const sent = [...SENT, ...secrets].filter((text) => line.includes(text));
  const rest = line.replace(HARMLESS, "");
  const forms = Object.entries(FORMS).filter(([, form]) => form.test(rest));
  return [
    ...sent.map((text) => `the text "${text}"`),
    ...forms.map(([what]) => what),
    ...sentencesIn(line),
  ];
}

/** Fields with blanks: a Worker logs names, ids and numbers, and never a text of a person. */
function sentencesIn(line: string): string[] {
  const fields = parse(line);
  const texts = Object.entries(fields).filter(
    ([name, value]) => typeof value === "string" && /\s/.test(value) && !SENTENCES.has(name),
  );
  return texts.map(([name]) => `a sentence in \`${name}\``);
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
