import { type HostContext, inTransaction } from "../context/host_context.ts";
import { enqueue } from "../jobs/queue.ts";
import {
  insertWebhook,
  noteWebhook,
  type WebhookDelivery,
  type WebhookReceiver,
} from "../store/webhooks.ts";

/** A delivery, and the connection that it is for. */
export interface Received {
  readonly receiver: WebhookReceiver;
  readonly delivery: WebhookDelivery;
}

interface Waiting extends Received {
  readonly stored: PromiseWithResolvers<boolean>;
}

/** Deliveries that are stored in one transaction at most: others wait for as long as that takes. */
const AT_ONCE = 100;

/**
 * Stores deliveries, each before it is answered. Those that come while others are being stored are stored together:
 * a disk that is waited for once takes many.
 */
export class Intake {
  readonly #context: HostContext;
  readonly #waiting: Waiting[] = [];
  #isStoring = false;
  #storing: Promise<void> = Promise.resolve();

  /** Creates one for the data of a host. */
  constructor(context: HostContext) {
    this.#context = context;
  }

  /** Stores a delivery, and has its issues read; returns whether it is new. */
  async store(received: Received): Promise<boolean> {
    const stored = Promise.withResolvers<boolean>();
    this.#waiting.push({ ...received, stored });
    // The first one does not wait for those who come meanwhile.
    if (!this.#isStoring) this.#storing = this.#storeWaiting();
    return await stored.promise;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#storing;
  }

  async #storeWaiting(): Promise<void> {
    this.#isStoring = true;
    while (this.#waiting.length > 0) await this.#storeSome(this.#waiting.splice(0, AT_ONCE));
    this.#isStoring = false;
  }

  /** Stores some; what fails is told to those who wait for it. */
  async #storeSome(some: readonly Waiting[]): Promise<void> {
    try {
      const areNew = await storeTogether(this.#context, some);
      for (const [index, { stored }] of some.entries()) stored.resolve(areNew[index] ?? false);
    } catch (error) {
      const [only] = some;
      if (some.length === 1) return only?.stored.reject(error);
      // One that cannot be stored is not to fail the others.
      for (const one of some) await this.#storeSome([one]);
    }
  }
}

/** Stores deliveries, and has their issues read; returns which of them are new. */
async function storeTogether(
  context: HostContext,
  received: readonly Received[],
): Promise<readonly boolean[]> {
  // In one order in all processes, so that no two wait for each other.
  const ordered = received.map((one, index) => ({ ...one, index })).toSorted((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1
  );
  return await inTransaction(context, async (context) => {
    const at = context.now();
    const areNew = received.map(() => false);
    const receivers = new Map<string, WebhookReceiver>();
    const told = new Set<string>();
    for (const { receiver, delivery, index } of ordered) {
      const { connectionId } = receiver;
      receivers.set(connectionId, receiver);
      const isNew = await insertWebhook(context.store, connectionId, delivery, at);
      areNew[index] = isNew;
      if (isNew && delivery.hints.length > 0) told.add(connectionId);
    }
    for (const [key, { teamId }] of receivers) {
      await noteWebhook(context.store, key, at);
      if (told.has(key)) await enqueue(context, { kind: "webhook", key, teamId });
    }
    return areNew;
  }, { isShort: true });
}

function keyOf({ receiver, delivery }: Received): string {
  return `${receiver.connectionId} ${delivery.id}`;
}
