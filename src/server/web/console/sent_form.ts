import { pausesOf } from "../../../platform/pauses.ts";
import { MAX_SIGN_IN_BYTES, readBytes } from "../../http/body.ts";
import type { Call } from "../../http/context.ts";
import { HttpError } from "../../http/http_error.ts";
import { type FormPart, readMultipart } from "../../http/multipart.ts";
import type { SentForm } from "./visit.ts";

/** What a page is handed that no form was sent to. */
export const NO_FORM: SentForm = sentForm([]);

/**
 * Reads a form in either of the two ways in which browsers send one.
 *
 * @throws {HttpError} 413 when it is too large, 415 when it is no form, 400 when it is broken; what `readBytes` throws.
 */
export async function readSentForm(
  call: Call,
  maxBytes: number = MAX_SIGN_IN_BYTES,
): Promise<SentForm> {
  const type = call.req.header("content-type") ?? "";
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    throw refused(415, "The request holds no form");
  }
  const bytes = await readBytes(call, maxBytes);
  if (bytes === null) {
    throw refused(413, `What you send is larger than ${inWords(maxBytes)}`);
  }
  if (!/^multipart/i.test(type)) return sentForm(fieldsOf(bytes));
  try {
    return sentForm(await readMultipart(bytes, type, pausesOf(call.env.clock)));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refused(400, "The form is broken. Open its page and send it again");
  }
}

function fieldsOf(bytes: Uint8Array): FormPart[] {
  const fields = new URLSearchParams(new TextDecoder().decode(bytes));
  return [...fields].map(([name, value]) => ({ name, value }));
}

function sentForm(parts: readonly FormPart[]): SentForm {
  const valuesOf = (name: string) =>
    parts.filter((part) => part.name === name).map(({ value }) => value);
  const exact = (name: string) => {
    const [value] = valuesOf(name);
    return typeof value === "string" ? value : "";
  };
  return {
    exact,
    text: (name) => exact(name).trim(),
    all: (name) => valuesOf(name).filter((value) => typeof value === "string"),
    has: (name) => valuesOf(name).length > 0,
    file(name) {
      const [value] = valuesOf(name);
      return value !== undefined && typeof value !== "string" && value.name !== "" ? value : null;
    },
  };
}

function refused(status: number, message: string): HttpError {
  return new HttpError({ code: "validation_error", status, message });
}

function inWords(bytes: number): string {
  const kib = bytes / 1024;
  return kib < 1024 ? `${Math.floor(kib)} KiB` : `${Math.floor(kib / 1024)} MiB`;
}
