import type { ConnectionStatus } from "../../../contract/connection.ts";
import type { HostedProvider } from "../../../contract/providers.ts";
import {
  connectionStep,
  connectionWords,
  lastChangeWords,
  notTakenWords,
} from "../../services/connection_words.ts";
import { type Check, failed, fine, info, warning } from "../../services/report.ts";
import type { DoctorContext } from "./doctor_context.ts";

/** Judges what the host says of its connection to the provider; nothing where it says nothing. */
export function connectionChecks(
  { platform }: DoctorContext,
  provider: HostedProvider,
  status: ConnectionStatus | null | undefined,
): readonly Check[] {
  if (status == null || status.state === null) return [];
  const { name, state, since, until, message, last_change_at, last_read_at, waiting } = status;
  const { not_taken: notTaken } = status;
  const now = platform.clock.now();
  const details = {
    provider,
    connection: name,
    state,
    since: since ?? null,
    until: until ?? null,
    reason: message ?? null,
    last_change_at: last_change_at ?? null,
    last_read_at: last_read_at ?? null,
    waiting: waiting ?? null,
    not_taken: notTaken ?? null,
  };
  const seen = `last change seen there: ${lastChangeWords(status, now)}`;
  const isTaken = notTaken == null || notTaken === 0;
  if (state === "ok" && message == null && isTaken) {
    return [fine("connection", `the host reaches ${provider}; ${seen}`, details)];
  }
  const why = (message == null ? "" : `: ${message}`) +
    (isTaken ? "" : `; ${notTakenWords(notTaken, provider)}`);
  const words = state === "ok"
    ? `the host reaches ${provider}${why}; ${seen}`
    : state === "removed"
    ? `the host is not connected to ${provider} any more${why}`
    : `the host's connection to ${provider} is ${connectionWords(status, now)}${why}; ${seen}`;
  const step = connectionStep(provider, status);
  if (step === null) return [info("connection", words, details)];
  const next = `at the host, by its admin: ${step}`;
  return [
    state === "refused" || state === "unreadable"
      ? failed("connection", words, next, details)
      : state === "limited"
      ? info("connection", words, details)
      : warning("connection", words, next, details),
  ];
}
