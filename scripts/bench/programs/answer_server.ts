/**
 * A bare server that does as little as answers need, for both sides of a comparison. Prints its URL.
 *
 * - an operation runs, and has ended at every `POLLS`-th look at it;
 * - any other request is answered with JSON of as many bytes as the first argument says.
 */
export const POLLS = 500;

const SUMMARY = { total: 1, succeeded: 1, failed: 0, skipped: 0 };
const DONE = {
  status: "ok",
  summary: SUMMARY,
  pull: { summary: SUMMARY },
  push: { summary: SUMMARY },
  identity_path: {
    type: "installation",
    installation_id: "ins-1",
    user_link_id: null,
    provider: "linear",
    provider_account_id: "acme",
  },
};
const JSON_HEADERS = { "content-type": "application/json" };

if (import.meta.main) {
  const body = JSON.stringify({ filler: "x".repeat(Math.max(0, Number(Deno.args[0] ?? 0) - 13)) });
  let looks = 0;
  const answer = (request: Request): Response => {
    if (request.url.includes("/operations/")) {
      const ended = ++looks % POLLS === 0;
      return Response.json({
        operation_id: "op-1",
        status: ended ? "completed" : "running",
        result: ended ? DONE : null,
        error: null,
      });
    }
    return new Response(body, { headers: JSON_HEADERS });
  };
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  }, answer);
}
