import { collectBytes } from "./byte_collector.ts";

/**
 * Reads the body of an answer, of at most `maxBytes`; `null` when it is longer. Ends when `signal` fires: not every body
 * hears the signal of its request.
 *
 * @throws the reason of `signal`, and what breaks the connection.
 */
export async function readResponseBody(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > maxBytes) {
    await response.body?.cancel();
    return null;
  }
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const given = abortion(signal);
  const collector = collectBytes(maxBytes, announced);
  const readAll = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return collector.bytes();
      if (!collector.add(value)) {
        reader.cancel().catch(() => {});
        return null;
      }
    }
  };
  try {
    // One race for the whole body: a promise that lives on remembers every race that it was in.
    return await Promise.race([readAll(), given.promise]);
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    given.stop();
  }
}

/** A promise that fails when the signal fires. */
function abortion(signal: AbortSignal): { readonly promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const fire = () => reject(signal.reason);
  promise.catch(() => {});
  if (signal.aborted) fire();
  signal.addEventListener("abort", fire, { once: true });
  return { promise, stop: () => signal.removeEventListener("abort", fire) };
}
