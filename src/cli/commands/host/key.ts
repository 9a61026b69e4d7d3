import type { LoadedKey } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";

/** Warns of a key file that other users of the machine can read. */
export function warnOfExposedKey(context: Context, key: LoadedKey | null): void {
  if (key === null || !key.isExposed) return;
  context.output.warning(
    `Other users of this machine can read the host's key: run \`chmod 600 ${key.file}\`.`,
  );
}
