import {
  COMMAND_LINE,
  keySource,
  openExistingHostData,
  rotateHostKey,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { plural } from "../../terminal/format.ts";
import { DONE, text } from "../../terminal/text.ts";
import { warnOfExposedKey } from "./key.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** From which key to which. */
export interface HostKeyRotateOptions {
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
  readonly newKeyFile: string;
}

/** Encrypts all credentials under a new key. */
export async function run(context: Context, options: HostKeyRotateOptions): Promise<number> {
  const location = hostLocation(context, options.data);
  const data = await openExistingHostData(context.platform, location);
  try {
    const { credentials, wasHosts, next, replaced } = await rotateHostKey(data, COMMAND_LINE, {
      now: keySource(location, options.keyFile),
      nextFile: options.newKeyFile,
    });
    warnOfExposedKey(context, next);
    if (context.globals.json) context.output.json({ credentials, key_file: replaced ?? next.file });
    else {
      const count = plural(credentials, "credential");
      const done = wasHosts
        ? `"${options.newKeyFile}" holds the host's key already: ${count} under it.`
        : `${count} encrypted under the new key.`;
      context.output.result(text`${DONE} ${done}`);
      context.output.notice(
        replaced === null
          ? `Start every process of the host with \`--key-file ${options.newKeyFile}\`.`
          : `"${replaced}" holds the new key now. Restart the host.`,
      );
    }
    return 0;
  } finally {
    await data.store.close();
  }
}
