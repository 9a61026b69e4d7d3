import type { MachineFacts } from "../accounts/machine_tokens.ts";
import type { ReadyBytes } from "../../platform/http_response.ts";
import type { IdentityPath } from "../../contract/results.ts";
import type { Route } from "../bindings/route.ts";
import { Remembered } from "../context/remembered.ts";
import { type KeptPages, keptPages } from "../sync/kept_pages.ts";
import type { TokenOwner } from "../store/tokens.ts";

/** What a host has read for callers, for as long as nothing is written. */
export interface HostMemory {
  /** Owners of access tokens, by the hash of the token. */
  readonly owners: Remembered<TokenOwner | null>;
  /** Machine tokens, by their hash. */
  readonly machines: Remembered<MachineFacts | null>;
  /** Where pulls go, and whose account they work with, by who has named which place. */
  readonly routes: Remembered<RoutedPull>;
  /** JSON of answers, by who has asked for what. */
  readonly answers: Remembered<string>;
  /** JSON of pages of issues, as bytes, by who has asked for what. */
  readonly pages: Remembered<ReadyBytes>;
  /** Pages of issues that were read more than once, for as long as their issues stay as they are. */
  readonly kept: KeptPages;
}

/** Where a pull goes, and whose account it works with. */
export interface RoutedPull {
  readonly route: Route;
  readonly identity: IdentityPath;
}

/** Characters, roughly, of one caller and team. */
const CALLER = 500;
/** Characters, or bytes, that each of these memories holds at most. */
const MOST = 4 * 1024 * 1024;
/** Unknown tokens are not kept: a stranger could send any number of them. */
const NOT_KEPT = Number.POSITIVE_INFINITY;

/** Returns an empty memory of callers and answers. */
export function hostMemory(): HostMemory {
  return {
    owners: new Remembered({
      most: MOST,
      weigh: (owner) => owner === null ? NOT_KEPT : CALLER * (1 + owner.teams.length),
    }),
    machines: new Remembered({
      most: MOST,
      weigh: (facts) => facts === null ? NOT_KEPT : 2 * CALLER,
    }),
    routes: new Remembered({ most: MOST, weigh: () => 4 * CALLER }),
    answers: new Remembered({ most: MOST, weigh: (json) => json.length }),
    pages: new Remembered({ most: MOST, weigh: memoryOf }),
    kept: keptPages(),
  };
}

/** Returns the bytes that parts keep in memory: those of what they are cut from. */
function memoryOf(parts: ReadyBytes): number {
  return parts.reduce((sum, part) => sum + part.buffer.byteLength, 0);
}
