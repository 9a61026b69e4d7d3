import { deleteMapping, openExistingHostData } from "../../../server/mod.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { confirm } from "../../terminal/prompts.ts";

/** Deletes a binding for good, after a person has agreed. */
export async function run(
  deps: Deps,
  options: { readonly ref: string; readonly data: string },
): Promise<number> {
  const question = `Delete the binding ${harmless(options.ref)} for good?`;
  if (!(await confirm(deps, question, "Agree with `--yes`."))) {
    if (deps.globals.json) deps.output.json({ deleted: false, declined: true });
    else deps.output.note("Nothing changed.");
    return 0;
  }
  const data = await openExistingHostData(deps.platform, options.data);
  try {
    deleteMapping(data, options.ref);
  } finally {
    data.close();
  }
  if (deps.globals.json) deps.output.json({ binding_ref: options.ref, state: "deleted" });
  else deps.output.line(`${deps.output.style.green("✓")} ${harmless(options.ref)} is deleted.`);
  return 0;
}
