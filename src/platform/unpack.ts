/**
 * Most packed bytes that are unpacked in one step. The runtime unpacks whatever it is given at once, a thousandfold
 * at worst, so a limit on the result would come too late for a larger step.
 */
const STEP_BYTES = 4 * 1024;

/** Unpacks a stream step by step, so that who stops reading at a limit has not unpacked much more. */
export function unpackStream(
  packed: ReadableStream<Uint8Array<ArrayBuffer>>,
  format: CompressionFormat,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return packed.pipeThrough(inSteps()).pipeThrough(new DecompressionStream(format));
}

function inSteps(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += STEP_BYTES) {
        controller.enqueue(chunk.subarray(at, at + STEP_BYTES));
      }
    },
  });
}
