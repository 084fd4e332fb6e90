/** Every line that is no wide event: what happened, and to what. */
import { z } from "zod";
import { Code, Count, failure, Id, Name, TraceId } from "./fields.ts";

const cause = { cause: Name };
const status = z.int().min(0).max(599).optional();

/** The key of an object, or the id of a room: none holds the name of a file. */
const Target = z.string().max(1_024);

const Day = z.iso.date();
const Time = z.iso.datetime();

const PLAIN = {
  account_erased: {
    id: Id,
    requested_at: Time,
    completed_at: Time,
    chats: Count,
    messages: Count,
    files: Count,
    usage_records: Count,
    sessions: Count,
    event_details: Count,
  },
  analysis_refused: { analysis_id: Id, part: Count, ...failure },
  audit_anchor: {
    day: Day,
    events: Count,
    chains: Count,
    hash: z.string().regex(/^[0-9a-f]{64}$/),
  },
  begin_failed: cause,
  bug: {
    request_id: Id,
    name: Name,
    database_code: failure.database_code,
    constraint: failure.constraint,
    // Frames alone: the message of the error is left out.
    stack: z
      .string()
      .regex(/^(?: {4}at [^\n]+\n?)*$/)
      .optional(),
  },
  chat_not_announced: cause,
  chats_not_notified: { file_id: Id, ...cause },
  circuit_opened: { endpoint: z.string().max(200) },
  citations_not_checked: cause,
  claim_not_released: cause,
  claim_not_renewed: { file_id: Id, ...cause },
  coarse_limiter_failed: cause,
  cost_refused: { message_id: Id, ...failure },
  deletion_dead_lettered: { kind: Name, target: Target },
  documents_not_read: cause,
  embedding_failed: { code: Code },
  end_not_kept: { message_id: Id, ...cause },
  erasure_interrupted: { erasure_id: Id, ...failure },
  erasure_not_saved: cause,
  event_not_recorded: { kind: Name, ...failure },
  export_cut: failure,
  file_not_discarded: { file_id: Id, ...cause },
  file_not_expired: failure,
  identity_provider_failed: { reason: Name },
  identity_provider_response_refused: { code: Code, reason: Name },
  identity_provider_unavailable: { reason: Name },
  ingestion_not_resumed: failure,
  job_not_sent: { step: Name, file_id: Id, ...cause },
  job_refused: { step: Name, file_id: Id, ...failure },
  key_use_not_saved: cause,
  limiter_unreachable: { limit: Name, ...cause },
  mail_dropped: { mail_id: Id, kind: Name },
  mail_not_enqueued: { mail_id: Id, ...cause },
  mail_not_sent: { mail_id: Id },
  mail_refused: { mail_id: Id, kind: Name, status, code: Name.optional() },
  mail_sent: { mail_id: Id, kind: Name },
  metrics_failed: cause,
  minute_failed: cause,
  // The reasons are sentences about the configuration, without its values.
  misconfigured: { variables: z.string().regex(/^[A-Z0-9_,]+$/), reasons: z.string() },
  not_erased: { kind: Name, target: Target, ...cause },
  ocr_failed: { code: Name },
  prepare_failed: cause,
  provider_failed: {
    provider: Name,
    model: Name,
    problem: Code,
    status,
    code: Name.optional(),
  },
  refresh_token_replayed: { user_id: Id, session_id: Id },
  reranking_skipped: { code: Code },
  retry_failed: { ...failure, failures: Count },
  save_abandoned: { message_id: Id },
  save_failed: failure,
  save_refused: { message_id: Id, ...failure },
  second_factor_unreadable: { user_id: Id },
  session_end_not_delivered: { session_id: Id, ...cause },
  session_end_not_marked: cause,
  socket_failed: cause,
  socket_not_saved: cause,
  storage_failed: { method: Name, status, code: Name.optional(), ...cause },
  stored_password_hash_refused: {},
  stretch_not_swept: { after: Target, up_to: Target.optional(), ...failure },
  title_abandoned: { chat_id: Id },
  title_refused: { chat_id: Id, ...failure },
  turn_failed: cause,
  usage_lost: { kind: Name, ...cause },
  vectors_refused: { model: Name, ...failure },
  wake_failed: { cause: Code },
} satisfies Record<string, z.ZodRawShape>;

/** The schema of each, by its name. A line that something traced has caused has the id of the trace, too. */
export const PLAIN_LINES: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(PLAIN).map(([event, fields]) => [
    event,
    z.strictObject({ event: z.literal(event), ...fields, trace_id: TraceId.optional() }),
  ]),
);
