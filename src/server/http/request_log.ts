import { isoTime } from "../../platform/clock.ts";
import type { Platform } from "../../platform/platform.ts";

/** Forms of the request log. */
export const LOG_FORMS = ["json", "text", "none"] as const;

/** One of {@link LOG_FORMS}. */
export type LogForm = typeof LOG_FORMS[number];

/** A request that was answered. Holds no query, no body and no token. */
export interface LoggedRequest {
  readonly requestId: string;
  /** The operation of the contract, or another name out of a few. */
  readonly call: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** Bytes of the answer before it is compressed; `null` when that is not known. */
  readonly bytes: number | null;
  /** Id of the signed-in user, never the name. */
  readonly userId: string | null;
  readonly team: string | null;
  readonly address: string;
}

/** A call that the host has made to a provider. Holds no query, no header and no body. */
export interface LoggedProviderCall {
  readonly provider: string;
  /** What the connection is called. */
  readonly connection: string;
  /** What was done, out of a few words for each provider, such as `list issues`. */
  readonly call: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** `null` when no answer came. */
  readonly status: number | null;
  readonly ms: number;
  /** Calls that the provider still allows; `null` when it has not said. */
  readonly budgetLeft: number | null;
}

/** A fault of the host's own. */
export interface LoggedError {
  readonly requestId: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly message: string;
}

/** The log of a host: one line for each request and each fault. */
export interface RequestLog {
  /** Whether requests are logged, so that somebody has to find out what they are. */
  readonly hasRequests: boolean;
  /** Logs an answered request. */
  request(entry: LoggedRequest): void;
  /** Logs a call to a provider, where requests are logged. */
  providerCall(entry: LoggedProviderCall): void;
  /** Logs a fault. */
  error(entry: LoggedError): void;
  /** Logs what is about no request. */
  note(level: "info" | "error", message: string): void;
}

/** Creates a log that writes to standard error. Without requests, faults are still logged, as text. */
export function requestLog({ clock, terminal }: Platform, form: LogForm): RequestLog {
  const write = (line: string) => terminal.log.write(`${line}\n`);
  const time = () => isoTime(clock.now());
  return {
    hasRequests: form !== "none",
    request(entry) {
      if (form === "json") write(jsonLine({ time: time(), level: "info", ...fieldsOf(entry) }));
      else if (form === "text") write(`${time()} ${textOf(entry)}`);
    },
    providerCall(entry) {
      if (form === "json") write(jsonLine({ time: time(), level: "info", ...callFields(entry) }));
      else if (form === "text") write(`${time()} ${callText(entry)}`);
    },
    error({ requestId, method, path, message }) {
      if (form === "json") {
        const fields = { request_id: requestId, method, path: path.slice(0, MAX_PATH), message };
        return write(jsonLine({ time: time(), level: "error", ...fields }));
      }
      const line = safe(`Error in ${method} ${path.slice(0, MAX_PATH)} (${requestId}): ${message}`);
      write(form === "none" ? line : `${time()} ${line}`);
    },
    note(level, message) {
      if (form === "json") return write(jsonLine({ time: time(), level, message }));
      write(form === "none" ? safe(message) : `${time()} ${safe(message)}`);
    },
  };
}

const MAX_PATH = 200;

function fieldsOf(entry: LoggedRequest): Readonly<Record<string, string | number | null>> {
  return {
    request_id: entry.requestId,
    call: entry.call,
    method: entry.method,
    path: entry.path.slice(0, MAX_PATH),
    status: entry.status,
    ms: rounded(entry.ms),
    bytes: entry.bytes,
    user_id: entry.userId,
    team: entry.team,
    address: entry.address,
  };
}

function textOf(entry: LoggedRequest): string {
  const { requestId, call, method, path, status, ms, bytes, userId, team, address } = entry;
  const parts = [
    String(status),
    call,
    method,
    path.slice(0, MAX_PATH),
    `${rounded(ms)}ms`,
    `${bytes ?? "-"}B`,
    `user=${userId ?? "-"}`,
    `team=${team ?? "-"}`,
    `from=${address}`,
    `request=${requestId}`,
  ];
  return safe(parts.join(" "));
}

function callFields(entry: LoggedProviderCall): Readonly<Record<string, string | number | null>> {
  const { provider, connection, call, method, path, status, ms, budgetLeft } = entry;
  return {
    provider,
    connection,
    call,
    method,
    path: path.slice(0, MAX_PATH),
    status,
    ms: rounded(ms),
    budget_left: budgetLeft,
  };
}

function callText(entry: LoggedProviderCall): string {
  const { provider, connection, call, method, path, status, ms, budgetLeft } = entry;
  const parts = [
    status === null ? "---" : String(status),
    `${provider}: ${call}`,
    method,
    path.slice(0, MAX_PATH),
    `${rounded(ms)}ms`,
    `left=${budgetLeft ?? "-"}`,
    `connection=${connection}`,
  ];
  return safe(parts.join(" "));
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Control characters and the marks that turn a line around are written as what they are, not acted upon. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function jsonLine(fields: Readonly<Record<string, string | number | null>>): string {
  return JSON.stringify(fields).replace(
    UNSAFE,
    (character) =>
      Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}

function safe(text: string): string {
  return text.replace(UNSAFE, " ");
}
