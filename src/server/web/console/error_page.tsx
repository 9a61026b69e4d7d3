import { TrackerError } from "../../../platform/tracker_error.ts";
import { HttpError } from "../../http/http_error.ts";
import { HostError } from "../../model/host_error.ts";
import { isOutage } from "../../store/store_faults.ts";
import { Frame, type Viewer } from "./frame.tsx";
import { sendPage } from "./page_answer.ts";
import { sentence } from "./refusal.ts";

/** A failure that a person is told in its own words. */
export type ShownError = HttpError | HostError | TrackerError;

/** Returns whether a person may be told of an error in its own words. */
export function isShown(error: unknown): error is ShownError {
  return error instanceof HttpError || error instanceof HostError ||
    (error instanceof TrackerError && !isOutage(error));
}

/** Shows what went wrong; `null` stands for a fault of the host, of which nothing is told. */
export async function errorPage(
  error: ShownError | null,
  viewer: Viewer | null,
): Promise<Response> {
  const { status, message, next } = told(error);
  const title = TITLES[status] ?? (status < 500 ? "This cannot be done" : "The host has failed");
  const headers = new Headers(error instanceof HttpError ? error.headers : {});
  if (error instanceof HostError && error.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(error.retryAfterSeconds));
  }
  return await sendPage(
    <Frame title={title} section={null} viewer={viewer} notice={null}>
      <div class="card message">
        <h1>{title}</h1>
        <p>{sentence(message)}</p>
        {next === "" ? null : <p class="soft">{next}</p>}
        <p>
          {viewer === null
            ? <a class="button" href="/sign-in">Go to the sign-in</a>
            : <a class="button" href="/projects">Go to the projects</a>}
        </p>
      </div>
    </Frame>,
    status,
    headers,
  );
}

const TITLES: Readonly<Record<number, string>> = {
  403: "This is not for you",
  404: "There is no such page",
  405: "There is no such page",
  413: "That is too large",
  429: "Too many requests",
  503: "Not available now",
};

function told(
  error: ShownError | null,
): { readonly status: number; readonly message: string; readonly next: string } {
  if (error === null) {
    return {
      status: 500,
      message: "Something went wrong here, and its operator can read what in the log",
      next: "Try again in a while.",
    };
  }
  if (error instanceof TrackerError) {
    const status = error.code === "admin_only"
      ? 403
      : error.code.endsWith("_not_found")
      ? 404
      : 422;
    return { status, message: error.message, next: error.nextAction ?? "" };
  }
  const { http_status: status } = error.envelope;
  if (error instanceof HttpError && (status === 404 || status === 405)) {
    return {
      status,
      message: "Nothing is at this address, or it is no longer there",
      next: "Check the address, or look for it from the start.",
    };
  }
  return { status, message: error.message, next: "" };
}
