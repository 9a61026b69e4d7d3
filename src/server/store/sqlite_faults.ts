import { TrackerError } from "../../platform/tracker_error.ts";

/** What to do about the file of a host, by the code of the error; it is never moved away. */
const ADVICE: Readonly<Record<string, string>> = {
  database_unusable: "Check the permissions of its directory and the free disk space.",
  database_damaged: "Stop the host, keep the data, and restore a backup of `tracker host backup`.",
};

/** Opens the file of a host. Its faults say what to do about a host. */
export async function openingHost<T>(opening: () => Promise<T>): Promise<T> {
  try {
    return await opening();
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    const { code, message, details, exitCode } = error;
    const nextAction = ADVICE[code] ?? error.nextAction;
    throw new TrackerError({ code, message, nextAction, details, exitCode, cause: error });
  }
}
