/** A host that takes each event once and remembers the order. */
import type { Listener, Platform } from "../../src/platform/platform.ts";

/** An event as far as the faults' tests look at it. */
export interface TakenEvent {
  readonly event_id: string;
  readonly node_id: string;
  readonly lamport_clock: number;
}

/** Starts the host; some answers come late, so that processes die while they wait for one. */
export async function faultHost(
  platform: Platform,
): Promise<
  { listener: Listener; url: string; taken: Map<string, TakenEvent>; repeats: () => number }
> {
  const taken = new Map<string, TakenEvent>();
  let repeats = 0;
  const listener = await platform.serve({ hostname: "127.0.0.1", port: 0 }, async (request) => {
    const unpacked = request.body?.pipeThrough(new DecompressionStream("gzip")) ?? null;
    const { events }: { events: TakenEvent[] } = await new Response(unpacked).json();
    const results = events.map((event) => {
      const isKnown = taken.has(event.event_id);
      if (isKnown) repeats++;
      else taken.set(event.event_id, event);
      return { event_id: event.event_id, status: isKnown ? "duplicate" : "success" };
    });
    await platform.clock.sleep(platform.random.fraction() * 40);
    return Response.json({ results });
  });
  const url = `http://127.0.0.1:${listener.port}/`;
  return { listener, url, taken, repeats: () => repeats };
}
