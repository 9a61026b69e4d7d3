import type { Fetch } from "../../src/platform/platform.ts";
import { withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

export const PULL = "/api/v1/tracker/pull/";

/** A test in a world where the project is bound. */
export function bound(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () => withBoundWorld(test));
}

/** A network on which the n-th request to a path is lost. */
export function losing(path: string, nth: number): (real: Fetch) => Fetch {
  let seen = 0;
  return (real) => async (request) => {
    if (request.url.endsWith(path) && ++seen === nth) throw new TypeError("connection refused");
    return await real(request);
  };
}
