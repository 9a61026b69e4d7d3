import { TrackerError } from "../../../platform/tracker_error.ts";
import { HostError } from "../../model/host_error.ts";
import type { Problems } from "./form.tsx";

/** Which field of a form an error is about, by the error's code; an empty name for the form as a whole. */
export type FieldOfCode = Readonly<Record<string, string>>;

/**
 * Does what a form asks for. Returns what is wrong when it is refused for a reason that the person can do something about
 * in the form; every other error is thrown.
 */
export async function refusal(
  work: () => Promise<unknown>,
  fields: FieldOfCode,
): Promise<Problems | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof TrackerError || error instanceof HostError)) throw error;
    const field = fields[error.code];
    if (field === undefined) throw error;
    return { [field]: sentence(error.message) };
  }
}

/** Returns a message as a sentence. */
export function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
