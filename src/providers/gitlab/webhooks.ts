import * as v from "valibot";
import { readDelivery } from "../delivery.ts";
import { chooseHook, leadsTo } from "../own_hooks.ts";
import type { RemoteWebhooks } from "../remote.ts";
import type { GitLabSessions } from "./session.ts";
import { workAt } from "./work.ts";

/** Seconds that the time of a signed delivery may differ: what is further away is sent again by somebody. */
const MAX_DRIFT_S = 300;

/** Returns how GitLab tells of changes by itself. */
export function gitLabWebhooks(sessions: GitLabSessions): RemoteWebhooks {
  return {
    // People may enter the one, and have GitLab make the other.
    verify: async (secret, headers, body, now) =>
      await isSigned(secret, headers, body, now) ||
      await isSame(secret, headers.get("x-gitlab-token") ?? ""),
    read: (headers, body) => {
      const event = readDelivery(EventSchema, body);
      return { deliveryId: deliveryId(headers, event), hints: hintsIn(event) };
    },
    async ensure(access, place, target) {
      const { calls: { places }, project } = workAt(sessions, access, place);
      const hooks = await places.hooks(project);
      if (hooks === null) return false;
      const { known, others } = chooseHook(hooks, target);
      const { url, secret } = target;
      const hook = {
        id: known?.id ?? null,
        url,
        secret,
        signingToken: await signingTokenFor(secret),
      };
      return await places.writeHook(project, hook) && await places.removeHooks(project, others);
    },
    async remove(access, place, url) {
      const { calls: { places }, project } = workAt(sessions, access, place);
      const hooks = await places.hooks(project);
      if (hooks === null) return false;
      return await places.removeHooks(project, hooks.filter((hook) => leadsTo(hook.url, url)));
    },
  };
}

const PREFIX = "whsec_";

/** Returns the token with which newer servers sign: GitLab takes 32 bytes in base64, whatever the secret is. */
export async function signingTokenFor(secret: string): Promise<string> {
  if (secret.startsWith(PREFIX)) return secret;
  return PREFIX + (await digestOf(secret)).toBase64();
}

async function keyFrom(secret: string): Promise<CryptoKey | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64((await signingTokenFor(secret)).slice(PREFIX.length));
  } catch {
    return null;
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
}

async function isSigned(
  secret: string,
  headers: Headers,
  body: Uint8Array,
  now: number,
): Promise<boolean> {
  const id = headers.get("webhook-id") ?? "";
  const time = headers.get("webhook-timestamp") ?? "";
  if (secret === "" || !/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(Number(time) - now / 1_000) > MAX_DRIFT_S) return false;
  const key = await keyFrom(secret);
  if (key === null) return false;
  const head = new TextEncoder().encode(`${id}.${time}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  // While a token is being replaced, there is a signature by each.
  for (const one of (headers.get("webhook-signature") ?? "").split(/\s+/)) {
    const signature = signatureIn(one);
    if (signature !== null && await crypto.subtle.verify("HMAC", key, signature, signed)) {
      return true;
    }
  }
  return false;
}

function signatureIn(text: string): Uint8Array<ArrayBuffer> | null {
  if (!text.startsWith("v1,")) return null;
  try {
    return Uint8Array.fromBase64(text.slice(3));
  } catch {
    return null;
  }
}

/** Compares texts in the same time however many of their characters are the same. */
async function isSame(secret: string, given: string): Promise<boolean> {
  if (secret === "" || given === "") return false;
  const [one, other] = await Promise.all([digestOf(secret), digestOf(given)]);
  let difference = 0;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}

async function digestOf(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

const NumberedSchema = v.looseObject({ iid: v.number() });

const EventSchema = v.looseObject({
  object_kind: v.string(),
  project: v.nullish(v.looseObject({ id: v.nullish(v.number()) })),
  project_id: v.nullish(v.number()),
  object_attributes: v.looseObject({
    iid: v.nullish(v.number()),
    project_id: v.nullish(v.number()),
    noteable_type: v.nullish(v.string()),
    updated_at: v.nullish(v.string()),
  }),
  issue: v.nullish(NumberedSchema),
  work_item: v.nullish(NumberedSchema),
});

type Event = v.InferOutput<typeof EventSchema>;

/**
 * Names a delivery: the same when it is sent again. Older servers name the event only, and give those that an event sets
 * off the same name.
 */
function deliveryId(headers: Headers, event: Event | null): string {
  const named = headers.get("idempotency-key") ?? headers.get("webhook-id");
  if (named !== null) return named;
  const hints = hintsIn(event).map(({ placeId, issueId }) => `${placeId}#${issueId}`);
  const { updated_at = "" } = event?.object_attributes ?? {};
  return [headers.get("x-gitlab-event-uuid") ?? "", event?.object_kind, ...hints, updated_at]
    .join(" ").slice(0, 200);
}

function hintsIn(event: Event | null): { readonly placeId: string; readonly issueId: string }[] {
  if (event === null) return [];
  const { object_kind, object_attributes: attributes, project, project_id } = event;
  const isIssue = object_kind === "issue" || object_kind === "work_item";
  const iid = isIssue
    ? attributes.iid
    : object_kind === "note"
    ? event.issue?.iid ?? event.work_item?.iid
    : null;
  const placeId = project?.id ?? project_id ?? attributes.project_id;
  return iid == null || placeId == null ? [] : [{ placeId: String(placeId), issueId: String(iid) }];
}
