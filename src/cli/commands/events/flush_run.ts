import { flushEvents } from "../../../events/flush.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, FAILED, text } from "../../terminal/text.ts";
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
      onProgress: (done) => output.notice(`${plural(done, "event")} left the queue`),
      ...(onRequestLog === undefined ? {} : { onRequestLog }),
    }));
  const failed = result.failure !== undefined || result.rejected > 0;
  if (context.globals.json) {
    output.json(result);
    return failed ? 1 : 0;
  }
  const sent = result.sent + result.duplicates;
  const mark = failed ? ATTENTION : DONE;
  output.result(text`${mark} ${plural(sent, "event")} uploaded, ${number(result.remaining)} left.`);
  for (const { eventId, message } of result.rejections) {
    output.warning(`   ${eventId}  ${message}`);
  }
  if (result.parked > 0) {
    output.warning(`${plural(result.parked, "event")} parked: \`tracker events list --parked\``);
  }
  if (result.failure !== undefined) {
    output.warning(text`${FAILED} ${result.failure.message}`);
    output.warning(`  ${result.failure.advice}`);
  }
  return failed ? 1 : 0;
}
