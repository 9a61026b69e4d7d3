/** The line between a clone and the host. It carries real HTTP, loses what it carries, and has others act meanwhile. */
import { isJsonObject, type JsonObject } from "../../../src/contract/field.ts";
import type { Fetch } from "../../../src/platform/platform.ts";
import { systemFetch } from "../../../src/platform/network.ts";
import type { Chance } from "../../support/chance.ts";
import { burn, type Fuse, Killed } from "../../local/fused_database.ts";
import type { SharedResource } from "./resource.ts";
import type { TrueTime, WrongClock } from "./time.ts";

/** What can go wrong with a request. */
export const FAULTS = [
  "request lost",
  "answer lost",
  "answer cut",
  "503 before",
  "503 after",
  "429",
  "401",
] as const;

/** One of {@link FAULTS}. */
export type Fault = typeof FAULTS[number];

/** What goes over the line during one command. */
export interface LinePlan {
  /** What goes wrong, and with which request; `null` for nothing. */
  readonly fault: { readonly kind: Fault; readonly at: number } | null;
  /** Whether listings may come shortened. */
  readonly cutsListings: boolean;
  /** Whether others act while a request is on its way. */
  readonly isBusy: boolean;
}

/** Nothing goes wrong. */
export const QUIET: LinePlan = { fault: null, cutsListings: false, isBusy: false };

/** What a line stands between. */
export interface LineOptions {
  readonly time: TrueTime;
  readonly hostClock: WrongClock;
  readonly chance: Chance;
  readonly fuse: Fuse;
  readonly resource: SharedResource;
  /** Whether the host shows that it offers extensions. */
  readonly extensions: boolean;
  /** Others act while a request is on its way. */
  readonly meanwhile: () => Promise<void>;
  /** Told of what should never be: it would be taken for a fault of the network. */
  readonly onViolation: (error: unknown) => void;
  /** Looks at a request to the tracker before it reaches the host, and at the answer before the clone gets it. */
  readonly watch: (
    path: string,
    body: unknown,
    forward: () => Promise<Carried>,
  ) => Promise<Carried>;
}

/** An answer on the line. */
export interface Carried {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What has come of it, where the answer says so later. */
  readonly result?: unknown;
}

/** The line of one clone. */
export class Line {
  readonly #options: LineOptions;
  #plan: LinePlan = QUIET;
  #requests = 0;
  /** Whether something has gone wrong since the plan was made. */
  hasFailed = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Plans what happens during the next command. */
  plan(plan: LinePlan): void {
    this.#plan = plan;
    this.#requests = 0;
    this.hasFailed = false;
  }

  /** Sends a request of the clone. */
  readonly fetch: Fetch = async (request) => {
    try {
      return await this.#send(request);
    } catch (error) {
      if (!(error instanceof Lost) && !(error instanceof Killed)) this.#options.onViolation(error);
      throw error;
    }
  };

  async #send(request: Request): Promise<Response> {
    const { chance, fuse, meanwhile, resource, time, watch } = this.#options;
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/api/v1/tracker/")) {
      return this.#answer(await carried(await systemFetch()(request)));
    }
    const fault = this.#nextFault();
    this.#burn(fuse);
    time.advance(chance.below(2_000));
    if (this.#plan.isBusy && chance.once(3)) await meanwhile();
    if (fault === "request lost") throw new Lost("The connection was refused");
    if (fault === "503 before") return this.#answer(failure(503, "server_error"));
    if (fault === "429") return this.#answer(failure(429, "rate_limited"));
    if (fault === "401") await resource.expireAccess();
    const text = await request.text();
    const body: unknown = text === "" ? null : JSON.parse(text);
    const answer = await watch(pathname, body, async () => {
      const { method, headers, url } = request;
      const sent = new Request(url, { method, headers, ...(text === "" ? {} : { body: text }) });
      const answer = await carried(await systemFetch()(sent));
      if (answer.status !== 202) return answer;
      // Whatever the machine is busy with, the work is done when the client looks at it.
      const { operation_id } = objectIn(answer.text);
      return { ...answer, result: await resource.ended(String(operation_id), headers) };
    });
    time.advance(chance.below(2_000));
    this.#burn(fuse);
    if (fault === "answer lost") throw new Lost("The connection was reset");
    if (fault === "503 after") return this.#answer(failure(503, "server_error"));
    if (fault === "answer cut") {
      const half = answer.text.slice(0, answer.text.length / 2);
      return this.#answer({ ...answer, text: half });
    }
    const shown = this.#options.extensions ? answer : withoutExtensions(answer);
    const isCut = this.#plan.cutsListings && pathname.endsWith("/pull/") && chance.once(3);
    if (isCut) this.hasFailed = true;
    const isPart = isJsonObject(body) && body["filters"] != null;
    return this.#answer(isCut ? cutOff(shown, chance, isPart) : shown);
  }

  #nextFault(): Fault | null {
    const { fault } = this.#plan;
    const isNow = fault !== null && fault.at === this.#requests++;
    if (isNow) this.hasFailed = true;
    return isNow ? fault.kind : null;
  }

  #burn(fuse: Fuse): void {
    try {
      burn(fuse);
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }

  /** The host tells the time by its own clock, to the second. */
  #answer({ status, headers, text }: Carried): Response {
    const told = new Headers(headers);
    told.delete("content-length");
    told.set("date", new Date(this.#options.hostClock.now()).toUTCString());
    return new Response(text, { status, headers: told });
  }
}

/** What becomes of a request that is lost on the line. */
class Lost extends Error {}

async function carried(response: Response): Promise<Carried> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function failure(status: number, code: string): Carried {
  const body = { error_code: code, category: "x", http_status: status, message: "Made up" };
  const headers = new Headers({ "content-type": "application/json", "retry-after": "3" });
  return { status, headers, text: JSON.stringify(body) };
}

/** Returns what an older host would answer. */
function withoutExtensions(answer: Carried): Carried {
  if (!answer.text.startsWith("{")) return answer;
  const headers = new Headers(answer.headers);
  headers.delete("idempotency-replayed");
  const text = JSON.stringify(
    JSON.parse(answer.text, (name, value) => {
      if (name === "extensions") return [];
      return name === "version" || name === "removed" ? undefined : value;
    }),
  );
  return { ...answer, headers, text };
}

/** Returns a listing that lacks its last issues, and shows that it does; one of all by its count alone, too. */
function cutOff(answer: Carried, chance: Chance, isPart: boolean): Carried {
  const page = objectIn(answer.text);
  const { items } = page;
  if (!Array.isArray(items) || items.length < 2) return answer;
  const kept = items.slice(0, chance.below(items.length));
  const says = isPart || chance.once(2) ? { truncated: true } : {};
  return { ...answer, text: JSON.stringify({ ...page, ...says, items: kept }) };
}

/** Returns the JSON object of a text. */
export function objectIn(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error(`No object: ${text.slice(0, 200)}`);
  return value;
}
