import type { Parser } from "@optique/core/parser";
import type { Kit } from "../../command/command.ts";

/** Whether refused edits are sent again. */
export function retryOption(kit: Kit): Parser<"sync", boolean, unknown> {
  return kit.flag(["--retry"], "Send refused edits again.");
}
