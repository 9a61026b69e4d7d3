import * as v from "valibot";
import { isSignedBy, readDelivery } from "../delivery.ts";
import { type Access, ProviderError, type RemotePlace, type RemoteWebhooks } from "../remote.ts";
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
    async ensure(access, place, url, secret) {
      try {
        await ensure(callsOf(access), place, url, secret);
        return true;
      } catch (error) {
        if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
        if (error.fault.code === "permission_missing") return false;
        throw error;
      }
    },
  };
}

async function ensure(
  calls: LinearCalls,
  { externalId }: RemotePlace,
  url: string,
  secret: string,
): Promise<void> {
  const known = (await calls.webhooks()).find((webhook) =>
    webhook.url === url && webhook.team?.id === externalId
  );
  const resourceTypes = ["Issue"];
  if (known === undefined) {
    const input = { url, secret, teamId: externalId, label: "tracker", resourceTypes };
    await calls.ask(OPERATIONS.createWebhook, { input }, [secret]);
  } else {
    // Linear turns a webhook off that has failed too often.
    const input = { secret, resourceTypes, enabled: true };
    await calls.ask(OPERATIONS.updateWebhook, { id: known.id, input }, [secret]);
  }
}
