import type { Parser } from "@optique/core/parser";
import type { Kit } from "../../command/command.ts";

/** The setting that a command is about. */
export function keyArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("KEY"), {
    description: kit.text("Name of the setting; `tracker config list` shows them all."),
  });
}
