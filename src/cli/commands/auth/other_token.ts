import { CredentialStore } from "../../../user/credentials.ts";
import type { Context } from "../../command/context.ts";
import { text } from "../../terminal/text.ts";

/**
 * Warns where commands do not use the session at a host, but send it the token of the environment or of
 * `auth.token_command`, which may be meant for another host.
 */
export async function warnOfOtherToken(
  { platform, output }: Pick<Context, "platform" | "output">,
  host: string,
): Promise<void> {
  const active = await new CredentialStore({ platform }).activeSession(host);
  if (active === null || !active.injected) return;
  const [source, unset] = active.command === null
    ? ["`TRACKER_TOKEN`", "Unset it"]
    : ["`auth.token_command`", "Take it away with `tracker config unset auth.token_command`"];
  output.warning(
    text`  Not with this session: ${source} is set, and its token goes to ${host}. ${unset}, or have it give the token of this host.`,
  );
}
