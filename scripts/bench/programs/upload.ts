import { EventQueue } from "../../../src/events/queue.ts";
import { type EventSink, uploadEvents } from "../../../src/events/upload.ts";
import { openHost } from "../../../src/client/open_host.ts";
import { HostedClient } from "../../../src/client/client.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { printPeak } from "./child.ts";

/** The hosted client as a place for batches, with a token of its demo user. */
export async function hostSink(
  platform: Platform,
  baseUrl: string,
  access: string,
): Promise<EventSink> {
  const host = await openHost({
    platform: { ...platform, env: { get: () => "1" } },
    baseUrl,
    version: "0.0.0",
  });
  const token = { token: access, teamSlug: "acme", injected: true };
  const client = new HostedClient({
    ...host,
    tokens: { accessToken: () => Promise.resolve(token), refresh: () => Promise.resolve(token) },
  });
  return { send: (gzip, signal) => client.uploadEvents(gzip, { signal }) };
}

/** As a program: uploads the queue at `<path>` to `<url>` with `<token>`, prints the peak in kB. */
if (import.meta.main) {
  const [path = "", url = "", token = ""] = Deno.args;
  const platform = systemPlatform();
  const queue = await EventQueue.open(platform, path);
  const { sent, failure } = await uploadEvents({
    platform,
    queue,
    sink: await hostSink(platform, url, token),
  });
  queue.close();
  if (sent === 0 || failure !== undefined) throw new Error(`${sent} sent: ${failure?.message}`);
  await printPeak();
}
