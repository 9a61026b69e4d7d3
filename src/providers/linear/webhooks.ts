import * as v from "valibot";
import { isSignedBy, readDelivery } from "../delivery.ts";
import { type Access, ProviderError, type RemotePlace, type RemoteWebhooks } from "../remote.ts";
import { chooseHook, leadsTo, type WebhookTarget } from "../own_hooks.ts";
import type { LinearCalls } from "./calls.ts";
import { OPERATIONS } from "./operations.ts";

/** A webhook whose own time is further away than this is one that somebody sends again. */
const MAX_DRIFT_MS = 60_000;

const TimedSchema = v.looseObject({ webhookTimestamp: v.number() });

const IssueEventSchema = v.looseObject({
  type: v.literal("Issue"),
  data: v.looseObject({
    id: v.string(),
    teamId: v.nullish(v.string()),
    team: v.nullish(v.looseObject({ id: v.string() })),
  }),
  updatedFrom: v.nullish(v.looseObject({ teamId: v.nullish(v.string()) })),
});

/** Webhooks of a team, of whose issues they tell. */
export function linearWebhooks(callsOf: (access: Access) => LinearCalls): RemoteWebhooks {
  return {
    async verify(secret, headers, body, now) {
      const digits = headers.get("linear-signature")?.trim() ?? null;
      if (!await isSignedBy(secret, digits, body)) return false;
      const timed = readDelivery(TimedSchema, body);
      return timed !== null && Math.abs(timed.webhookTimestamp - now) <= MAX_DRIFT_MS;
    },
    read(headers, body) {
      const deliveryId = headers.get("linear-delivery") ?? "";
      const event = readDelivery(IssueEventSchema, body);
      if (event === null) return { deliveryId, hints: [] };
      const { data, updatedFrom } = event;
      // An issue that was moved is gone from the team that it was in.
      const teams = new Set([data.teamId ?? data.team?.id, updatedFrom?.teamId]);
      return {
        deliveryId,
        hints: [...teams].flatMap((placeId) =>
          placeId == null ? [] : [{ placeId, issueId: data.id }]
        ),
      };
    },
    ensure: (access, place, target) => whereAllowed(() => ensure(callsOf(access), place, target)),
    remove: (access, place, url) =>
      whereAllowed(async () => {
        const calls = callsOf(access);
        const hooks = await hooksOf(calls, place);
        await removeHooks(calls, hooks.filter((hook) => leadsTo(hook.url, url)));
      }),
  };
}

/** Returns whether the credential may do something. */
async function whereAllowed(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
    if (error.fault.code === "permission_missing") return false;
    throw error;
  }
}

async function hooksOf(
  calls: LinearCalls,
  { externalId }: RemotePlace,
): Promise<readonly { readonly id: string; readonly url: string | null }[]> {
  return (await calls.webhooks()).filter(({ team }) => team?.id === externalId)
    .map(({ id, url }) => ({ id, url: url ?? null }));
}

async function ensure(
  calls: LinearCalls,
  place: RemotePlace,
  target: WebhookTarget,
): Promise<void> {
  const { known, others } = chooseHook(await hooksOf(calls, place), target);
  const { url, secret } = target;
  const resourceTypes = ["Issue"];
  if (known === null) {
    const input = { url, secret, teamId: place.externalId, label: "tracker", resourceTypes };
    await calls.ask(OPERATIONS.createWebhook, { input }, [secret]);
  } else {
    // Linear turns a webhook off that has failed too often.
    const input = { url, secret, resourceTypes, enabled: true };
    await calls.ask(OPERATIONS.updateWebhook, { id: known.id, input }, [secret]);
  }
  await removeHooks(calls, others);
}

async function removeHooks(
  calls: LinearCalls,
  hooks: readonly { readonly id: string }[],
): Promise<void> {
  for (const { id } of hooks) await calls.ask(OPERATIONS.deleteWebhook, { id });
}
