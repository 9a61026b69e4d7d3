import type { QueuedEvent } from "./queue.ts";

/**
 * Bytes of JSON a batch is filled up to. A host takes 4 MiB; less keeps the memory of a long backlog small.
 * A larger event goes alone: the emitter queues none that is larger than what a host takes.
 */
export const BATCH_BYTES: number = 1024 * 1024;

const PIECE_LENGTH = 64 * 1024;

/** The gzipped body of an upload, compressed piece by piece: the JSON as a whole is never held. */
export async function gzipBatch(
  events: readonly Pick<QueuedEvent, "data">[],
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces = ReadableStream.from(jsonPieces(events));
  const compressed = pieces.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

function* jsonPieces(
  events: readonly Pick<QueuedEvent, "data">[],
): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let piece = '{"events":[';
  for (const [place, event] of events.entries()) {
    piece += place === 0 ? event.data : `,${event.data}`;
    if (piece.length < PIECE_LENGTH) continue;
    yield encoder.encode(piece);
    piece = "";
  }
  yield encoder.encode(`${piece}]}`);
}
