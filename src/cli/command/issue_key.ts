import { object, or } from "@optique/core/constructs";
import { map, optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, constant } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import type { Status } from "../../contract/issue.ts";
import { text } from "./message.ts";

/** What the help says of a key that has to be given. */
export const KEY = "The issue: its key, its number (`12`, `#12`), or the start of its key.";

/** What the help says of a key that may be left out. */
export const KEY_OR_BRANCH = `${KEY} Left out, the one of the branch or the mission.`;

/** What `[KEY] STATUS` comes to. */
interface KeyAndStatus {
  readonly key: string | undefined;
  readonly status: Status;
}

/**
 * `[KEY] STATUS`: the grammar library gives a word alone to the first argument, be that optional or not, so one word is
 * tried as the status before two are tried as both. The help shows it as it is meant.
 */
export function keyAndStatus(
  key: ValueParser<"sync", string>,
  status: Parser<"sync", Status, unknown>,
): Parser<"sync", KeyAndStatus, unknown> {
  const first = argument(key, { description: text(KEY_OR_BRANCH) });
  const shown = object("Options", { key: optional(first), status });
  const alone: Parser<"sync", string | undefined, unknown> = constant(undefined);
  const both: Parser<"sync", string | undefined, unknown> = first;
  const parsed: Parser<"sync", KeyAndStatus, unknown> = map(
    or(object({ key: alone, status }), object({ key: both, status })),
    ({ key, status }) => ({ key, status }),
  );
  return {
    ...parsed,
    usage: shown.usage,
    // After a word, which may be either, only a status can follow.
    suggest: (context, prefix) =>
      context.state === parsed.initialState
        ? parsed.suggest(context, prefix)
        : status.suggest({ ...context, state: status.initialState }, prefix),
    getDocFragments: () => shown.getDocFragments({ kind: "unavailable" }),
  };
}
