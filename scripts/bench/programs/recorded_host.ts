/**
 * A host that is not ours: a bare server that answers what another one has answered before. The first argument is a file
 * of {@link Recorded}. Prints its URL.
 */

/** Answers as text of JSON. */
export interface Recorded {
  readonly status: string;
  /** Pages of a pull by {@link pageKey}. */
  readonly pages: Readonly<Record<string, string>>;
}

/** Names a page: the binding, and where it begins. */
export function pageKey(ref: string, cursor: string | null | undefined): string {
  return `${ref} ${cursor ?? ""}`;
}

if (import.meta.main) {
  const { status, pages }: Recorded = JSON.parse(await Deno.readTextFile(Deno.args[0] ?? ""));
  const headers = { "content-type": "application/json" };
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  }, async (request) => {
    if (request.url.includes("/tracker/status/")) return new Response(status, { headers });
    if (!request.url.includes("/tracker/pull/")) return new Response("{}", { headers });
    const { binding_ref, cursor } = await request.json();
    const page = pages[pageKey(binding_ref, cursor)];
    return page === undefined
      ? new Response("{}", { status: 404, headers })
      : new Response(page, { headers });
  });
}
