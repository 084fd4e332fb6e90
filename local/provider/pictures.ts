/** Requests that show pictures to a model, as OpenAI's wire format has them. */
import type { CompletionRequest } from "./completion.ts";

type ContentPart = { type: string; text?: string; image_url?: { url?: string } };

type SentMessage = { role: string; content: string | ContentPart[] };

/** The same request with its text alone, and the pictures that stand in it as data URLs. */
export function withoutPictures(
  sent: Omit<CompletionRequest, "messages"> & { messages: SentMessage[] },
): { request: CompletionRequest; pictures: Buffer[] } {
  const pictures: Buffer[] = [];
  const messages = (sent.messages ?? []).map(({ content, ...message }) => {
    if (!Array.isArray(content)) return { ...message, content };
    pictures.push(...content.flatMap(pictureOf));
    return { ...message, content: content.map(({ text = "" }) => text).join("") };
  });
  return { request: { ...sent, messages }, pictures };
}

function pictureOf({ image_url: image }: ContentPart): Buffer[] {
  const data = /^data:image\/[a-z]+;base64,/.exec(image?.url ?? "");
  return data ? [Buffer.from((image?.url ?? "").slice(data[0].length), "base64")] : [];
}

/** The transcription in the frame that the prompt asks for. */
export function inFrame(prompt: string, transcription: string): string {
  const tag = /<(page-\w+)>/.exec(prompt)?.[1];
  return tag === undefined ? transcription : `<${tag}>\n${transcription}\n</${tag}>`;
}
