import type { Parser } from "@optique/core/parser";
import type { Provider } from "../../../contract/providers.ts";
import type { Kit } from "../../command/command.ts";

/** The provider that a command is about. */
export function providerOption(kit: Kit): Parser<"sync", Provider, unknown> {
  return kit.option("-p", "--provider", kit.provider(), {
    description: kit.text("The tracker to use; `tracker providers` lists them."),
  });
}
