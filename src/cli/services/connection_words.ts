import type { ConnectionStatus } from "../../contract/connection.ts";
import { ago, plural } from "../terminal/format.ts";

/** Returns how a connection stands, in words; `connected` where all is well. */
export function connectionWords(status: ConnectionStatus, now: number): string {
  const { state, since, until } = status;
  const ended = until == null || Date.parse(until) <= now;
  const after = since == null ? "" : ` since ${minute(since)}`;
  switch (state) {
    case "ok":
    case null:
      return "connected";
    case "limited":
      return ended ? "limited until now" : `limited until ${minute(until)}`;
    case "unreadable":
      return "not readable";
    case "removed":
      return "not connected";
    default:
      return `${state.replaceAll("_", " ")}${after}`;
  }
}

/** Returns what to do about a connection, and what comes of it; `null` when there is nothing to do. */
export function connectionStep(
  provider: string,
  { name, state, not_taken: notTaken }: Pick<ConnectionStatus, "name" | "state" | "not_taken">,
): string | null {
  const named = name !== null && /^[\w.][\w.-]*$/.test(name) ? name : "NAME";
  switch (state) {
    case "refused":
      return `\`tracker host connect ${provider} --name ${named}\`, with the same places and a credential that works, lets it work again${
        provider === "jira" ? "; an OAuth app is let in once more on its page in the console" : ""
      }`;
    case "unreachable":
      return `it is tried again by itself; \`tracker host connection test ${named}\` tries at once`;
    case "limited":
      return "it continues by itself";
    case "paused":
      return `\`tracker host connection resume ${named}\` lets it work again`;
    case "unreadable":
      return `\`tracker host connection show ${named}\` says which places; once their access is right, \`tracker host sync ${named}\` reads them at once`;
    case "removed":
      return `\`tracker host connect ${provider}\`, with this place, sends what was changed meanwhile`;
    default:
      return notTaken != null && notTaken > 0
        ? `Activity in the host's console says why; \`tracker host sync ${named}\` tries again what was refused`
        : null;
  }
}

/** Says how much of what was made while no connection brought its place the provider has not taken. */
export function notTakenWords(count: number, provider: string): string {
  return `${plural(count, "change")} made without a connection, not taken by ${provider}`;
}

/** Says when the host saw the last change at the provider, and up to when it has read. */
export function lastChangeWords(
  { last_change_at: changed, last_read_at: read }: ConnectionStatus,
  now: number,
): string {
  const seen = changed == null ? "none seen yet" : ago(Date.parse(changed), now);
  return read == null ? seen : `${seen}, read ${ago(Date.parse(read), now)}`;
}

/** A time for people: UTC, to the minute. */
export function minute(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
