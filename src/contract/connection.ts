import * as v from "valibot";
import { CountSchema, DateTimeSchema } from "./field.ts";

/** How the host stands with a provider, by the extension `connection`; a host may know more words (wire.md, Extensions). */
export const CONNECTION_WORDS = [
  "ok",
  "paused",
  "limited",
  "refused",
  "unreachable",
  "unreadable",
  "removed",
] as const;

/** One of {@link CONNECTION_WORDS}. */
export type ConnectionWord = typeof CONNECTION_WORDS[number];

/** How the connection to a provider stands by which the issues of a place come, or came (wire.md, Extensions). */
export type ConnectionStatus = {
  /** What the host calls the connection; `null` where it does not say. */
  readonly name: string | null;
  /** One of {@link CONNECTION_WORDS}, or another word; `null` where the host does not say. */
  readonly state: string | null;
  /** Since when that is so. Times are ISO 8601 with an offset. */
  readonly since?: string | null | undefined;
  /** Until when the provider takes no more calls. */
  readonly until?: string | null | undefined;
  /** Why, in the words of the provider or the host. */
  readonly message?: string | null | undefined;
  /** When the host saw the last change at the provider. */
  readonly last_change_at?: string | null | undefined;
  /** Up to when the host has read what changed there: of the place, where the answer is about one. */
  readonly last_read_at?: string | null | undefined;
  /** Changes that the host has not delivered there yet. */
  readonly waiting?: number | null | undefined;
  /** Changes that were made while no connection brought the place, and that the provider has not taken. */
  readonly not_taken?: number | null | undefined;
};

/** Schema of {@link ConnectionStatus}. */
export const ConnectionStatusSchema: v.GenericSchema<unknown, ConnectionStatus> = v.looseObject({
  name: v.string(),
  state: v.string(),
  since: v.nullish(DateTimeSchema),
  until: v.nullish(DateTimeSchema),
  message: v.nullish(v.string()),
  last_change_at: v.nullish(DateTimeSchema),
  last_read_at: v.nullish(DateTimeSchema),
  waiting: v.nullish(CountSchema),
  not_taken: v.nullish(CountSchema),
});
