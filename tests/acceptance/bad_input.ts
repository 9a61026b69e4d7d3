import { ends } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** Emoji of several code points, both directions of writing, control characters, and what is not seen. */
export const STRANGE =
  "🏳️‍🌈 \u202Eright to left\u202C, עברית, bell \u0007, \u001b[31mred\u001b[0m, zero\u200Bwidth";

/** Creates an issue whose body has so many characters. */
export async function createLong(world: World, title: string, characters: number): Promise<void> {
  const file = `${world.home}/${characters}.md`;
  await Deno.writeTextFile(file, "x".repeat(characters));
  await ends(world, 0, ["issue", "create", "--title", title, "--body-file", file]);
}

/** Returns the options that give so many labels. */
export function labels(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => ["--label", `label-${index}`]).flat();
}
