import { PROVIDER_TITLES } from "../../../contract/providers.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { AddedComment } from "../../../sync/issue_comments.ts";
import type { Backend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress, whileWaiting } from "../../terminal/progress.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";

/**
 * Writes a comment on an issue, and waits a moment for its delivery.
 *
 * @throws {TrackerError} `comment_refused`, and what the service throws.
 */
export async function writeComment(
  context: Context,
  backend: Backend,
  id: string,
  given: string,
): Promise<AddedComment> {
  const added = await send(context, backend, id, given);
  if (added.state === "failed") throw refused(backend, added);
  return added;
}

async function send(
  context: Context,
  backend: Backend,
  id: string,
  given: string,
): Promise<AddedComment> {
  const title = PROVIDER_TITLES[backend.provider];
  if (backend.kind === "local") {
    const { service } = backend;
    return await whileWaiting(
      context,
      `Giving the comment to ${title}`,
      () => service.issueComment(id, given),
    );
  }
  let progress = createProgress(context, "Sending the comment to the host");
  const onWaiting = () => {
    progress.end();
    context.output.notice(`The host has the comment. Waiting for its delivery to ${title} …`);
    progress = createProgress(context, `Waiting for ${title}`);
  };
  try {
    return await untilInterrupted(
      context,
      (signal) => backend.service.issueComment(id, given, { signal, onWaiting }),
    );
  } finally {
    progress.end();
  }
}

/** Says where a comment is now. */
export function reportComment(
  { output }: Context,
  { kind, provider }: Backend,
  { ref, state, wasThere }: AddedComment,
): void {
  const name = ref.key ?? ref.id;
  const title = PROVIDER_TITLES[provider];
  if (state === "waiting") {
    output.result(
      text`${ATTENTION} The host has the comment on ${name}; it is not at ${title} yet`,
    );
    output.notice(`  Look later: \`tracker issue show ${commandWord(name)} --comments\``);
    return;
  }
  const where = kind === "local" ? "" : state === "added" ? ` at ${title}` : " at the host";
  output.result(text`${DONE} Commented on ${name}${where}`);
  if (wasThere) output.notice("  It was there already: an earlier sending had arrived.");
}

/** A comment that the tracker did not take stays at the host. */
function refused({ provider }: Backend, { ref, comment }: AddedComment): TrackerError {
  const name = ref.key ?? ref.id;
  const why = comment.delivery?.message ?? null;
  return new TrackerError({
    code: "comment_refused",
    message: `${PROVIDER_TITLES[provider]} did not take the comment on ${name}${
      why === null ? "" : `: ${why}`
    }`,
    nextAction:
      `It stays at the host, where \`tracker issue show ${
        commandWord(name)
      } --comments\` shows it. ` +
      "Write it again once the cause is gone.",
    details: { id: ref.id, comment_id: comment.id ?? null, reason: why },
  });
}
