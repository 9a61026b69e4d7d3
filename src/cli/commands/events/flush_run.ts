import { flushEvents } from "../../../events/flush.ts";
import type { Context } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { requestLog } from "../../services/request_log.ts";
import { number, plural } from "../../terminal/format.ts";
import { VERSION } from "../../version.ts";

/** Uploads the queued events now. */
export async function run(context: Context): Promise<number> {
  const { platform, output } = context;
  const onRequestLog = requestLog(context);
  const result = await untilInterrupted(context, (signal) =>
    flushEvents({
      platform,
      version: VERSION,
      signal,
      onProgress: (done) => output.note(`${plural(done, "event")} left the queue`),
      ...(onRequestLog === undefined ? {} : { onRequestLog }),
    }));
  const failed = result.failure !== undefined || result.rejected > 0;
  if (context.globals.json) {
    output.json(result);
    return failed ? 1 : 0;
  }
  const sent = result.sent + result.duplicates;
  const mark = failed ? output.style.yellow("!") : output.style.green("✓");
  output.line(`${mark} ${plural(sent, "event")} uploaded, ${number(result.remaining)} left.`);
  for (const { eventId, message } of result.rejections) {
    output.warn(`   ${harmless(eventId)}  ${harmless(message)}`);
  }
  if (result.parked > 0) {
    output.warn(`${plural(result.parked, "event")} parked: \`tracker events list --parked\``);
  }
  if (result.failure !== undefined) {
    output.warn(`${output.errorStyle.red("✗")} ${harmless(result.failure.message)}`);
    output.warn(`  ${harmless(result.failure.advice)}`);
  }
  return failed ? 1 : 0;
}
