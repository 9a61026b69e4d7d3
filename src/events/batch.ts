import type { QueuedEvent } from "./queue.ts";

/** Bytes of uncompressed JSON one upload may have. */
export const MAX_BATCH_BYTES: number = 4 * 1024 * 1024;

/** The gzipped body of an upload. Hosted API, Events. */
export async function gzipBatch(
  events: readonly QueuedEvent[],
): Promise<Uint8Array<ArrayBuffer>> {
  const json = `{"events":[${events.map((event) => event.data).join(",")}]}`;
  const compressed = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
