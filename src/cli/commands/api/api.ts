import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker api`. */
export const command = defineCommand({
  path: "api",
  group: "Agents",
  summary: "Make one call to the host with the session's token, and print the answer as it came.",
  gated: true,
  examples: [
    "tracker api GET /api/v1/me",
    "tracker api GET /api/v1/tracker/resources/ --field provider=linear",
    "tracker api POST /api/v1/tracker/pull/ -F provider=linear -F binding_ref=srm_1 -F limit=5",
    "tracker api POST /api/v1/tracker/push/ --input push.json",
  ],
  readiness: { binding: false, reachability: false },
  permissions: ASK_HOST,
  missing: "Name the call: `tracker api METHOD PATH`",
  options: (kit) =>
    kit.object("Options", {
      method: kit.argument(
        kit.oneOf("METHOD", "method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
        { description: kit.text("GET, HEAD, POST, PUT, PATCH or DELETE.") },
      ),
      path: kit.argument(kit.named("PATH"), {
        description: kit.text(
          "Path below the address of the host, such as `/api/v1/me`; the token goes nowhere else.",
        ),
      }),
      fields: kit.multiple(
        kit.option("-F", "--field", kit.named("K=V"), {
          description: kit.text(
            "A member of the JSON body, or of the query for GET and HEAD; may be repeated. A value that is JSON, such " +
              'as 5, true or [1], is sent as such, any other as text; "5" in quotes is text.',
          ),
        }),
      ),
      input: kit.textValue(
        "--input",
        "FILE",
        "The JSON body as it is sent, from a file, or from standard input for `-`.",
      ),
    }),
  check: async () => (await import("./api_run.ts")).check,
  load: () => import("./api_run.ts"),
});
