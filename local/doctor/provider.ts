/** The providers: whether each lists its models, and whether the configured ones are among them. */
import type { Config } from "../../src/env.ts";
import {
  DEFAULT_BASE_URLS,
  findEmbeddingModel,
  findModel,
  findSmallModel,
  type Provider,
} from "../../src/lib/models.ts";
import { broken, doubtful, type Finding, ok } from "./finding.ts";

type Service = { part: string; baseUrl: string; apiKey: string | undefined; keyName: string };

/** A variable, its model, and who serves it; a turn needs the required ones. */
type Wanted = {
  variable: string;
  model: string;
  service: Service | undefined;
  isRequired: boolean;
};

const TIMEOUT_MS = 10_000;

/** Generates nothing, and costs nothing. */
export async function checkProviders(config: Config): Promise<Finding[]> {
  const services = servicesOf(config);
  if (!services.openai && !services.anthropic) {
    return [
      broken(
        "provider",
        "None is configured: no message gets an answer.",
        "Set OPENAI_API_KEY, or OPENAI_BASE_URL for another provider.",
      ),
    ];
  }
  const wanted = wantedOf(config, services);
  const known = Object.values(services).filter((service) => service !== undefined);
  const checks = known.map((service) =>
    checkService(
      service,
      wanted.filter((each) => each.service === service),
    ),
  );
  const unserved = wanted.filter((each) => each.service === undefined).map(noService);
  return [...(await Promise.all(checks)).flat(), ...unserved];
}

type Services = Partial<Record<Provider | "embedding", Service>>;

/** As the product's own client chooses them. */
function servicesOf(config: Config): Services {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL } = config;
  const { EMBEDDING_API_KEY, EMBEDDING_BASE_URL, EMBEDDING_MODEL } = config;
  const openai = OPENAI_BASE_URL ?? DEFAULT_BASE_URLS.openai;
  const services: Services = {};
  if (OPENAI_API_KEY ?? OPENAI_BASE_URL) {
    services.openai = {
      part: "provider",
      baseUrl: openai,
      apiKey: OPENAI_API_KEY,
      keyName: "OPENAI_API_KEY",
    };
  }
  if (ANTHROPIC_API_KEY) {
    const baseUrl = ANTHROPIC_BASE_URL ?? DEFAULT_BASE_URLS.anthropic;
    services.anthropic = {
      part: "anthropic",
      baseUrl,
      apiKey: ANTHROPIC_API_KEY,
      keyName: "ANTHROPIC_API_KEY",
    };
  }
  if (EMBEDDING_MODEL !== "none" && (EMBEDDING_API_KEY ?? EMBEDDING_BASE_URL)) {
    services.embedding = {
      part: "embeddings",
      baseUrl: EMBEDDING_BASE_URL ?? openai,
      apiKey: EMBEDDING_API_KEY,
      keyName: "EMBEDDING_API_KEY",
    };
  }
  return services;
}

function wantedOf(config: Config, services: Services): Wanted[] {
  const { DEFAULT_MODEL, TITLE_MODEL, EMBEDDING_MODEL, MODELS } = config;
  const answers = findModel(DEFAULT_MODEL, [DEFAULT_MODEL], MODELS)?.provider ?? "openai";
  const wanted: Wanted[] = [
    {
      variable: "DEFAULT_MODEL",
      model: DEFAULT_MODEL,
      service: services[answers],
      isRequired: true,
    },
  ];
  if (TITLE_MODEL !== undefined) {
    const service = services[findSmallModel(config).provider];
    wanted.push({ variable: "TITLE_MODEL", model: TITLE_MODEL, service, isRequired: false });
  }
  const embedding = findEmbeddingModel(EMBEDDING_MODEL, MODELS);
  if (embedding) {
    const service = services.embedding ?? services[embedding.provider];
    wanted.push({
      variable: "EMBEDDING_MODEL",
      model: EMBEDDING_MODEL,
      service,
      isRequired: false,
    });
  }
  return wanted;
}

function noService({ variable, model, isRequired }: Wanted): Finding {
  const says = `${variable} is ${model}, whose provider is not configured.`;
  const mend = `Configure the provider, or set ${variable} to a model of the one that is.`;
  return isRequired ? broken("provider", says, mend) : doubtful("provider", says, mend);
}

async function checkService(service: Service, wanted: Wanted[]): Promise<Finding[]> {
  const { part, keyName } = service;
  const listed = await listModels(service);
  if (listed === 401 || listed === 403) {
    return [
      broken(
        part,
        `It refuses the key (${listed}).`,
        `Set ${keyName} to a valid key of this provider.`,
      ),
    ];
  }
  if (listed === 404 || listed === 405) {
    return [
      doubtful(
        part,
        `It has no list of models (${listed}), so that they cannot be checked.`,
        "Send a message once it is deployed. If the base URL misses its path, such as /v1, add it.",
      ),
    ];
  }
  if (!Array.isArray(listed)) {
    const says = listed === undefined ? "It cannot be reached." : `It answers ${listed}.`;
    return [broken(part, says, "Check the base URL, and the provider's status page.")];
  }
  const reached = ok(part, `It lists ${listed.length} models.`);
  return [reached, ...wanted.map((each) => checkModel(service, listed, each))];
}

function checkModel(
  { part }: Service,
  listed: string[],
  { variable, model, isRequired }: Wanted,
): Finding {
  if (isListed(listed, model)) return ok(part, `${variable} ${model} is among them.`);
  const says = `${variable} ${model} is not among them.`;
  const mend = `Set ${variable} to a model that the provider lists for this key.`;
  return isRequired ? broken(part, says, mend) : doubtful(part, says, mend);
}

/** Providers list a dated version, or "models/" in front, of a name that they accept. */
function isListed(listed: string[], model: string): boolean {
  return listed.some(
    (id) => id === model || id === `models/${model}` || id.startsWith(`${model}-20`),
  );
}

/** The ids, the status of a refusal, or undefined when nothing answers. */
async function listModels({ baseUrl, apiKey }: Service): Promise<string[] | number | undefined> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
      headers: { authorization: `Bearer ${apiKey ?? "none"}` },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return response.status;
    return idsOf(await response.json());
  } catch {
    return undefined;
  }
}

/** Undefined where it is no list. */
function idsOf(body: unknown): string[] | undefined {
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  if (!Array.isArray(data)) return undefined;
  return data.map((each: { id?: unknown }) => String(each.id));
}
