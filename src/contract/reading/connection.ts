import type { ConnectionStatus } from "../connection.ts";
import { isJsonObject, type JsonObject } from "../field.ts";
import { count, plainText } from "./reading.ts";
import { readTime } from "./time.ts";

/** Reads the member `connection` of an answer; nothing where the host tells nothing (wire.md, Extensions). */
export function connectionIn(
  body: JsonObject,
): { readonly connection?: ConnectionStatus | null | undefined } {
  const told = body["connection"];
  return told === undefined ? {} : { connection: readConnection(told) };
}

/** Reads the members of a list of connections that are connections. */
export function connectionsIn(
  body: JsonObject,
): { readonly connections?: readonly ConnectionStatus[] | null | undefined } {
  const told = body["connections"];
  if (told === undefined) return {};
  const all = Array.isArray(told) ? told.map(readConnection) : [];
  return { connections: all.filter((one) => one !== null) };
}

function readConnection(told: unknown): ConnectionStatus | null {
  if (!isJsonObject(told)) return null;
  const times = ["since", "until", "last_change_at", "last_read_at"]
    .filter((name) => told[name] !== undefined);
  return {
    ...told,
    name: plainText(told["name"]),
    state: plainText(told["state"]),
    message: plainText(told["message"]),
    waiting: count(told["waiting"]),
    ...(told["not_taken"] === undefined ? {} : { not_taken: count(told["not_taken"]) }),
    ...Object.fromEntries(times.map((name) => [name, readTime(told[name])])),
  };
}
