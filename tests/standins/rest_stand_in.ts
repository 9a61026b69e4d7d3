import type { Fetch } from "../../src/platform/platform.ts";
import type { OfficialDescription } from "./official_description.ts";

/** What is answered. */
export interface Reply {
  readonly status: number;
  /** `undefined` for none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A moment at which a test can step in: a call that is about to have its effect, or has had it. */
export interface Moment {
  /** Such as `GET /path`. */
  readonly call: string;
  readonly isWrite: boolean;
  readonly phase: "before" | "after";
}

/** What is asked. */
export interface Asked {
  readonly request: Request;
  readonly method: string;
  /** The path below the stand-in's address. */
  readonly path: string;
  readonly url: URL;
  /** The body; `undefined` for none. */
  readonly sent: unknown;
}

/** What the handler of any call gets. */
export interface HandledCall {
  readonly query: URLSearchParams;
  /** The parts of the path that the route leaves open, decoded. */
  readonly parts: readonly string[];
  /** The body's members; empty without one. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Says that something was written. */
  wrote(what: string): void;
}

/** What a call is answered by, as far as it is found. */
export interface Routed {
  readonly method: string;
  readonly path: RegExp;
}

/** What a stand-in is made with. */
export interface RestStandInOptions {
  readonly base: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What requests and answers are held to; `null` for nothing. */
  readonly official: OfficialDescription | null;
  /** How many calls there are in how many milliseconds. */
  readonly limit: { readonly calls: number; readonly ms: number };
}

/** What the trackers of a test's own share that are asked by REST, whatever they answer. */
export abstract class RestStandIn<Delivery> {
  /** The writes that had an effect, in order. */
  readonly writes: string[] = [];
  /** Each call, as `GET /path`. */
  readonly calls: string[] = [];
  /** What a client asked, or this answered, that the tracker does not describe. */
  readonly faults: string[] = [];
  /** What webhooks have sent. */
  readonly deliveries: Delivery[] = [];
  /** Steps in at each moment: what it throws breaks the connection, what it returns is the answer. */
  stepIn: (moment: Moment) => Reply | void | Promise<Reply | void> = () => {};
  /** Calls that are left for now. */
  left: number;
  protected readonly base: string;
  protected readonly now: () => number;
  readonly #official: OfficialDescription | null;
  readonly #limit: RestStandInOptions["limit"];
  #resetsAt: number | null = null;
  #deliveryCount = 0;

  /** Has done nothing yet. */
  constructor({ base, now, official, limit }: RestStandInOptions) {
    this.base = base;
    this.now = now;
    this.#official = official;
    this.#limit = limit;
    this.left = limit.calls;
  }

  /** Whether requests and answers are held to the official description. */
  get isHeld(): boolean {
    return this.#official !== null;
  }

  /** Answers as a network. */
  get fetch(): Fetch {
    return (request) => this.handle(request);
  }

  /** Answers a request. */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.slice(new URL(this.base).pathname.replace(/\/$/, "").length);
    const { method } = request;
    const call = `${method} ${path}`;
    this.calls.push(call);
    const text = await request.text();
    const sent: unknown = text === "" ? undefined : JSON.parse(text);
    const asked = { request, method, path, url, sent };
    const fault = this.#official?.requestFault(method, path, url.searchParams, sent) ?? null;
    if (fault !== null) this.faults.push(`asked ${call}: ${fault}`);
    const isWrite = this.isWrite(asked);
    const early = await this.stepIn({ call, isWrite, phase: "before" });
    if (early !== undefined) return await this.send(early, null);
    const reply = await this.reply(asked);
    const wrong = this.#official?.answerFault(method, path, reply.status, reply.body) ?? null;
    if (wrong !== null && !this.isToleratedAnswer(wrong)) {
      this.faults.push(`answered ${call}: ${wrong}`);
    }
    const late = await this.stepIn({ call, isWrite, phase: "after" });
    return late === undefined ? await this.send(reply, asked) : await this.send(late, null);
  }

  /** Answers what is asked. */
  protected abstract reply(asked: Asked): Reply | Promise<Reply>;

  /** Makes the response; nothing is said of what was asked when a test stepped in. */
  protected abstract send(reply: Reply, asked: Asked | null): Response | Promise<Response>;

  /** Whether what is asked may change something. */
  protected abstract isWrite(asked: Asked): boolean;

  /** Whether an answer may be so although the official description says otherwise. */
  protected isToleratedAnswer(_fault: string): boolean {
    return false;
  }

  /** Counts a call; returns whether there was one left. */
  protected count(): boolean {
    const now = this.now();
    const { calls, ms } = this.#limit;
    this.#resetsAt ??= now + ms;
    if (now >= this.#resetsAt) [this.left, this.#resetsAt] = [calls, now + ms];
    if (this.left === 0) return false;
    this.left--;
    return true;
  }

  /** When all calls are there again, in milliseconds since 1970. */
  protected get resetsAt(): number {
    return this.#resetsAt ?? this.now() + this.#limit.ms;
  }

  /** Finds the route of a call, with the parts that its path leaves open; `null` where there is none, which is a fault. */
  protected routed<T extends Routed>(
    routes: readonly T[],
    { method, path }: Pick<Asked, "method" | "path">,
    below = path,
  ): { readonly route: T; readonly parts: readonly string[] } | null {
    const route = routes.find((one) => one.method === method && one.path.test(below));
    if (route === undefined) {
      this.faults.push(`asked ${method} ${path}: there is no such call`);
      return null;
    }
    return { route, parts: (route.path.exec(below) ?? []).slice(1).map(decodeURIComponent) };
  }

  /** Notes a path that the official description does not have. */
  protected requireDescribed(path: string): void {
    if (this.#official?.knows(path) === false) {
      this.faults.push(`asked ${path}: the official description has no such path`);
    }
  }

  /** Names what a webhook sends: the same when it is sent again. */
  protected deliveryId(): string {
    return `delivery-${++this.#deliveryCount}`;
  }
}

/** Returns the members of a body; empty for none. */
export function membersOf(sent: unknown): Readonly<Record<string, unknown>> {
  return typeof sent === "object" && sent !== null ? Object.fromEntries(Object.entries(sent)) : {};
}
