/**
 * A tracker that costs next to nothing: one place with as many issues as asked for, in pages as the tracker gives them.
 * Prints its URL.
 */
import { trackerNamed } from "./trackers/mod.ts";

if (import.meta.main) {
  const [count = "0", name = "github"] = Deno.args;
  const answer = trackerNamed(name).pages(Number(count));
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  }, (request) => answer(request, new URL(request.url)));
}
