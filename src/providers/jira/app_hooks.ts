import * as v from "valibot";
import type { RemotePlace } from "../remote.ts";
import { leadsTo, type WebhookTarget } from "../own_hooks.ts";
import type { JiraCaller } from "./caller.ts";
import { readApp } from "./app.ts";
import { projectIdOf } from "./places.ts";

/** What a webhook is sent of: whatever changes an issue. */
const EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"] as const;

/** Webhooks of a page; an app has five at most for one person. */
const PAGE = 100;

const AppHookSchema = v.looseObject({
  id: v.pipe(v.number(), v.safeInteger()),
  jqlFilter: v.optional(v.string(), ""),
  url: v.optional(v.string(), ""),
  events: v.optional(v.array(v.string()), []),
});

/** A webhook that an app has registered. It ends after 30 days, unless it is refreshed. */
export type AppHook = v.InferOutput<typeof AppHookSchema>;

const HookPageSchema = v.looseObject({ values: v.optional(v.array(AppHookSchema), []) });

const RegisteredSchema = v.looseObject({
  webhookRegistrationResult: v.optional(
    v.array(v.looseObject({ createdWebhookId: v.nullish(v.number()) })),
    [],
  ),
});

/** Calls about the webhooks that an app has registered. */
export class AppHookCalls {
  readonly #caller: JiraCaller;
  readonly #path: string;

  /** Makes the calls by `caller`; `api` is where the REST API begins. */
  constructor(caller: JiraCaller, api: string) {
    this.#caller = caller;
    this.#path = `${api}/webhook`;
  }

  /** Returns the webhooks of the app that have not ended. */
  async list(): Promise<readonly AppHook[]> {
    const { values } = await this.#caller.ask(HookPageSchema, {
      name: "list webhooks",
      method: "GET",
      path: this.#path,
      query: { maxResults: String(PAGE) },
    });
    return values;
  }

  /** Registers a webhook; returns whether Jira takes it. */
  async register(url: string, jqlFilter: string): Promise<boolean> {
    const { webhookRegistrationResult: [result] } = await this.#caller.ask(RegisteredSchema, {
      name: "register a webhook",
      method: "POST",
      path: this.#path,
      body: { url, webhooks: [{ events: EVENTS, jqlFilter }] },
    });
    return result?.createdWebhookId != null;
  }

  /** Has a webhook last for 30 days from now. */
  async refresh({ id }: AppHook): Promise<void> {
    await this.#caller.call({
      name: "refresh a webhook",
      method: "PUT",
      path: `${this.#path}/refresh`,
      body: { webhookIds: [id] },
    });
  }

  /** Takes webhooks away. */
  async remove(hooks: readonly AppHook[]): Promise<void> {
    if (hooks.length === 0) return;
    await this.#caller.call({
      name: "remove a webhook",
      method: "DELETE",
      path: this.#path,
      body: { webhookIds: hooks.map(({ id }) => id) },
    });
  }
}

/**
 * Has Jira send for all projects of a connection by one webhook, since an app has few, and keeps it for another 30 days.
 * Returns whether Jira takes it.
 */
export async function ensureAppHook(
  calls: AppHookCalls,
  places: readonly RemotePlace[],
  { url, isStale = () => false }: Pick<WebhookTarget, "url" | "isStale">,
): Promise<boolean> {
  const jql = jqlOf(places);
  const own = (await calls.list()).filter((hook) => leadsTo(hook.url, url) || isStale(hook.url));
  const wanted = (hook: AppHook) =>
    hook.url === url && hook.jqlFilter === jql && isSameSet(hook.events, EVENTS);
  const known = own.find(wanted) ?? null;
  // Jira takes one address of an app: what leads elsewhere goes first.
  const elsewhere = own.filter((hook) => hook.url !== url);
  await calls.remove(elsewhere);
  if (known !== null) await calls.refresh(known);
  else if (!await calls.register(url, jql)) return false;
  await calls.remove(own.filter((hook) => hook !== known && !elsewhere.includes(hook)));
  return true;
}

/** Takes the webhooks of a connection away. */
export async function removeAppHooks(calls: AppHookCalls, url: string): Promise<void> {
  await calls.remove((await calls.list()).filter((hook) => leadsTo(hook.url, url)));
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

/** Of what JQL has, such a filter may use little: a project by its number, and lists of them. */
function jqlOf(places: readonly RemotePlace[]): string {
  const ids = places.map(projectIdOf).map(Number).toSorted((one, other) => one - other);
  return ids.length === 1 ? `project = ${ids[0]}` : `project IN (${ids.join(", ")})`;
}

const ClaimsSchema = v.looseObject({ exp: v.number(), iat: v.nullish(v.number()) });

const HeadSchema = v.looseObject({ alg: v.literal("HS256") });

/** Milliseconds by which clocks differ at most. */
const DRIFT_MS = 60_000;

/**
 * Returns whether a delivery brings a token that the app's secret signs (RFC 7519, HS256), and that has begun and not
 * ended: one without an end could be sent for ever by somebody who has seen it. The token says nothing of the body.
 */
export async function isFromApp(secret: string, headers: Headers, now: number): Promise<boolean> {
  const token = /^(?:Bearer|JWT) ([\w-]+)\.([\w-]+)\.([\w-]+)$/i
    .exec(headers.get("authorization") ?? "");
  if (token === null) return false;
  const [, head = "", claims = "", signature = ""] = token;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const encoder = new TextEncoder();
  const bytes = encoder.encode(readApp(secret).clientSecret);
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
  const signed = encoder.encode(`${head}.${claims}`);
  const given = decoded(signature);
  if (given === null || !await crypto.subtle.verify("HMAC", key, given, signed)) return false;
  const { success: isKnown } = v.safeParse(HeadSchema, jsonIn(head));
  const { success, output } = v.safeParse(ClaimsSchema, jsonIn(claims));
  if (!isKnown || !success) return false;
  const { exp, iat } = output;
  return exp * 1_000 > now - DRIFT_MS && (iat == null || iat * 1_000 <= now + DRIFT_MS);
}

function decoded(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null;
  }
}

function jsonIn(text: string): unknown {
  const bytes = decoded(text);
  try {
    return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
