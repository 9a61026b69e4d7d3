import { harmlessJson } from "../harmless.ts";
import type { Deps } from "../deps.ts";
import { eachEvent } from "./events_list.ts";

/** Prints queued events as JSON Lines; they stay queued. */
export async function run(deps: Deps, options: { readonly parked: boolean }): Promise<number> {
  if (deps.globals.json) {
    const events: unknown[] = [];
    await eachEvent(deps, options.parked, (event) => events.push(JSON.parse(event.data)));
    deps.output.json({ events });
    return 0;
  }
  await eachEvent(
    deps,
    options.parked,
    (event) => deps.output.raw(`${harmlessJson(event.data)}\n`),
  );
  return 0;
}
