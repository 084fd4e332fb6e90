import { describe } from "vitest";
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { deepseek } from "./deepseek.ts";
import { gemini } from "./gemini.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { promisesOfFamily } from "./provider.suite.ts";
import { vllm } from "./vllm.ts";

const families = [openai, azure, anthropic, openrouter, deepseek, mistral, gemini, ollama, vllm];

describe.each(families)("$name", (family) => {
  promisesOfFamily(family);
});
