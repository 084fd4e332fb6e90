/**
 * The built Worker, and beside it the counts of what the platform bills: `GET /_cost` answers with those since the last
 * call. The queue of files is this process itself, one message after the other.
 */
import product, { ChatRoom, Limiter } from "./index.js";

const ZERO = {
  workerRequests: 0,
  objectRequests: 0,
  alarms: 0,
  alarmsSet: 0,
  rowsRead: 0,
  rowsOfRooms: 0,
  rowsOfLimits: 0,
  queueOperations: 0,
  postgresTrips: 0,
};

let counts = { ...ZERO };
/** Of statements whose rows are counted when all of them have been read. */
let cursors = [];

/** A message is written, read and deleted. */
const OPERATIONS_OF_A_MESSAGE = 3;

function takeCounts() {
  for (const { cursor, rows } of cursors) {
    counts.rowsRead += cursor.rowsRead;
    counts[rows] += cursor.rowsWritten;
  }
  cursors = [];
  const taken = counts;
  counts = { ...ZERO };
  return taken;
}

/** Counts what an object does with its storage. `rows`: the count of rows that it writes, changes and deletes. */
function watch({ storage }, rows) {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  sql.exec = (query, ...bindings) => {
    const cursor = exec(query, ...bindings);
    cursors.push({ cursor, rows });
    return cursor;
  };
  const [setAlarm, put] = [storage.setAlarm.bind(storage), storage.put.bind(storage)];
  storage.setAlarm = (...given) => {
    counts.alarmsSet++;
    return setAlarm(...given);
  };
  storage.put = (...given) => {
    counts[rows]++;
    return put(...given);
  };
}

/** The class with its calls counted, each of which is a request. */
function counted(Base, rows) {
  for (const name of Object.getOwnPropertyNames(Base.prototype)) {
    const method = Base.prototype[name];
    if (name === "constructor" || typeof method !== "function") continue;
    Base.prototype[name] = function (...given) {
      counts.objectRequests++;
      if (name === "alarm") counts.alarms++;
      return method.apply(this, given);
    };
  }
  return class extends Base {
    constructor(ctx, env) {
      watch(ctx, rows);
      super(ctx, env);
    }
  };
}

const CountedRoom = counted(ChatRoom, "rowsOfRooms");
const CountedLimiter = counted(Limiter, "rowsOfLimits");
export { CountedRoom as ChatRoom, CountedLimiter as Limiter };

const plainFetch = globalThis.fetch;
let postgresUrl = "";
globalThis.fetch = (input, init) => {
  if (String(input?.url ?? input).startsWith(postgresUrl)) counts.postgresTrips++;
  return plainFetch(input, init);
};

function withQueues(env, ctx) {
  const send = (body) => {
    counts.queueOperations += OPERATIONS_OF_A_MESSAGE;
    const message = { body, attempts: 1, timestamp: new Date(), ack() {}, retry() {} };
    const batch = { queue: "indifly-file-jobs", messages: [message] };
    ctx.waitUntil(Promise.resolve().then(() => product.queue(batch, withQueues(env, ctx))));
    return Promise.resolve();
  };
  const sendBatch = async (messages) => messages.forEach(({ body }) => send(body));
  return { ...env, FILE_JOBS: { send, sendBatch } };
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/_cost") return Response.json(takeCounts());
    postgresUrl = env.DATABASE_HTTP_URL;
    counts.workerRequests++;
    return product.fetch(request, withQueues(env, ctx), ctx);
  },
};
