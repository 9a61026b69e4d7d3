import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host serve`. */
export const command = defineCommand({
  path: "host serve",
  ...HOST_COMMAND,
  summary: "Run a control-plane host on this machine.",
  examples: ["tracker host serve --dev", "tracker host serve --data /var/lib/tracker"],
  permissions: [...CHANGE_HOST, "net listen"],
  options: (kit) =>
    kit.object("Options", {
      listen: kit.textValue(
        "--listen",
        "ADDR",
        "Listen at this address and port (127.0.0.1:8787).",
      ),
      data: dataOption(kit),
      dev: kit.flag(
        ["--dev"],
        "Try it out: keep nothing, start with a demo user, a team and sample issues.",
      ),
      keyFile: keyFileOption(kit),
      importFile: kit.textValue("--import", "FILE", "Import issues from FILE before serving."),
      rate: kit.optional(
        kit.option("--rate", kit.count(0), {
          description: kit.text("Calls one user may make a second (200; 0 for no limit)."),
        }),
      ),
      trustedProxies: kit.multiple(
        kit.option("--trusted-proxy", kit.named("CIDR"), {
          description: kit.text(
            "Address or range of a proxy whose X-Forwarded-For names the client.",
          ),
        }),
      ),
      publicUrl: kit.textValue(
        "--public-url",
        "URL",
        "Where people reach the host, such as https://tracker.example.com.",
      ),
      metricsListen: kit.textValue(
        "--metrics-listen",
        "ADDR",
        "Serve /metrics at this address, to everyone; at --listen only admins see it.",
      ),
      log: kit.optional(
        kit.option("--log", kit.oneOf("FORM", "form", ["json", "text", "none"]), {
          description: kit.text("Log each request to standard error: json, text or none (none)."),
        }),
      ),
      drainSeconds: kit.optional(
        kit.option("--drain-seconds", kit.count(0), {
          description: kit.text(
            "After SIGTERM, answer for N seconds more while /readyz says no (0).",
          ),
        }),
      ),
    }),
  load: () => import("./serve_run.ts"),
});
