import { createHmac } from "node:crypto";
import { type GraphQLSchema, isNonNullType, isObjectType } from "graphql";
import type { Clock } from "../../../src/platform/clock.ts";
import type { Issue, Webhook, Workspace } from "./state.ts";
import { uuid } from "./state.ts";
import { identifierOf } from "./views.ts";

/** A webhook that is to be sent. */
export interface SentWebhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Webhooks of a workspace, until a test takes them: to send, to lose, to double or to mix them up. */
export class WebhookOutbox {
  readonly #schema: GraphQLSchema;
  readonly #workspace: Workspace;
  readonly #clock: Clock;
  #waiting: SentWebhook[] = [];
  #sent = 0;

  /** Nothing waits. */
  constructor(schema: GraphQLSchema, workspace: Workspace, clock: Clock) {
    this.#schema = schema;
    this.#workspace = workspace;
    this.#clock = clock;
  }

  /** Takes what waits. */
  take(): readonly SentWebhook[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** Tells the webhooks of a team that an issue was changed. */
  changed(before: Issue | null, after: Issue): void {
    for (const webhook of this.#workspace.webhooks.values()) {
      const isTold = webhook.teamId === null || webhook.teamId === after.teamId;
      if (webhook.enabled && isTold) this.#waiting.push(this.#sentTo(webhook, before, after));
    }
  }

  #sentTo(webhook: Webhook, before: Issue | null, after: Issue): SentWebhook {
    const body = JSON.stringify({
      action: before === null ? "create" : "update",
      type: "Issue",
      createdAt: after.updatedAt,
      data: this.#data(after),
      ...(before === null ? {} : { updatedFrom: updatedFrom(before, after) }),
      url: `https://linear.app/acme/issue/${identifierOf(this.#workspace, after)}`,
      organizationId: uuid(8, 1),
      webhookId: webhook.id,
      webhookTimestamp: this.#clock.now(),
    });
    return {
      url: webhook.url,
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        "Linear-Event": "Issue",
        "Linear-Delivery": uuid(7, ++this.#sent),
        "Linear-Signature": createHmac("sha256", webhook.secret).update(body).digest("hex"),
      },
      body,
    };
  }

  /** Everything that Linear's schema says is always there. */
  #data(issue: Issue): Readonly<Record<string, unknown>> {
    const { states, labels } = this.#workspace;
    const state = states.get(issue.stateId);
    const data: Record<string, unknown> = {
      ...issue,
      identifier: identifierOf(this.#workspace, issue),
      labels: issue.labelIds.map((id) => ({ id, name: labels.get(id)?.name ?? "" })),
      priorityLabel: "No priority",
      prioritySortOrder: 0,
      reactionData: [],
      sortOrder: 0,
      state: { id: issue.stateId, name: state?.name ?? "", type: state?.type ?? "" },
      subscriberIds: [],
      url: "",
    };
    const type = this.#schema.getType("IssueWebhookPayload");
    if (!isObjectType(type)) throw new Error("Linear's schema does not say what a webhook holds");
    for (const [name, field] of Object.entries(type.getFields())) {
      if (isNonNullType(field.type) && data[name] == null) {
        throw new Error(`A webhook of Linear has "${name}"`);
      }
    }
    return data;
  }
}

function updatedFrom(before: Issue, after: Issue): Readonly<Record<string, unknown>> {
  const changed = Object.entries(before).filter(([name, value]) =>
    JSON.stringify(value) !==
      JSON.stringify(Object.entries(after).find(([one]) => one === name)?.[1])
  );
  return Object.fromEntries(changed);
}
