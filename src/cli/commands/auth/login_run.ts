import {
  type LoginOptions,
  loginWithDevice,
  loginWithPassword,
  loginWithToken,
  rememberHost,
} from "../../../client/auth.ts";
import type { Session } from "../../../user/credentials.ts";
import type { InputStream } from "../../../platform/terminal.ts";
import { errorText } from "../../../platform/tracker_error.ts";
import { userPaths } from "../../../user/paths.ts";
import { queueScope } from "../../../user/scope.ts";
import type { Context } from "../../command/context.ts";
import { bold, DONE, text } from "../../terminal/text.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress } from "../../terminal/progress.ts";
import { askNumber, askSecret, noAnswer } from "../../terminal/prompts.ts";
import { hostConnection } from "../../services/host_connection.ts";
import { plural } from "../../terminal/format.ts";
import { warnOfOtherToken } from "./other_token.ts";

/** How to sign in, and where. */
export interface LoginCommandOptions {
  readonly method:
    | { readonly kind: "device" }
    | { readonly kind: "token"; readonly withToken: true }
    | {
      readonly kind: "password";
      readonly username: string;
      readonly passwordStdin: boolean;
    };
  readonly host: string | undefined;
  readonly team: string | undefined;
}

/** Signs in and remembers the host. */
export async function run(context: Context, options: LoginCommandOptions): Promise<number> {
  const connection = await hostConnection(context, options.host);
  const session = await untilInterrupted(context, (signal) =>
    signIn(context, options, {
      ...connection,
      signal,
      team: options.team,
      chooseTeam: async (teams) => {
        const chosen = await askNumber(context, {
          intro: [
            "You belong to several teams:",
            ...teams.map(({ name, id }, i) => ` ${i + 1}  ${name} (${id})`),
          ],
          question: "Which one?",
          highest: teams.length,
          instead: "Name it with `--team`.",
        });
        return teams[chosen - 1]?.id ?? "";
      },
    }));
  if (options.host !== undefined) await rememberHost(connection);
  await moveQueuedEvents(context, session);
  if (context.globals.json) {
    context.output.json({
      host: session.host,
      username: session.username,
      team: session.teamSlug,
    });
    await warnOfOtherToken(context, session.host);
    return 0;
  }
  const who = session.username ?? "the token's user";
  const team = session.teamSlug === null ? "" : ` (team ${session.teamSlug})`;
  context.output.result(text`${DONE} Signed in to ${session.host} as ${who}${team}.`);
  await warnOfOtherToken(context, session.host);
  context.output.notice("  Next: `tracker discover --provider PROVIDER` in your project");
  return 0;
}

async function pipedPassword(stdin: InputStream): Promise<string> {
  const password = await stdin.readLine() ?? "";
  if (password !== "") return password;
  throw noAnswer(
    "There is no password in standard input",
    "Pipe it in, such as `--password-stdin < FILE`.",
    {},
  );
}

async function signIn(
  context: Context,
  { method }: LoginCommandOptions,
  login: LoginOptions,
): Promise<Session> {
  const { stdin } = context.platform.terminal;
  switch (method.kind) {
    case "token": {
      const token = (await stdin.readAll()).trim();
      return await whileSigningIn(context, login, (shown) => loginWithToken({ ...shown, token }));
    }
    case "password": {
      const password = method.passwordStdin
        ? await pipedPassword(stdin)
        : await askSecret(context, {
          question: "Password: ",
          instead: "Pipe the password in with `--password-stdin`.",
        });
      const { username } = method;
      return await whileSigningIn(
        context,
        login,
        (shown) => loginWithPassword({ ...shown, username, password }),
      );
    }
    case "device":
      if (context.globals.noInput) {
        throw noAnswer(
          "A person has to approve the sign-in in a browser, but no question may be asked",
          "Sign in with `--username NAME --password-stdin`, or with `--with-token`.",
          {},
        );
      }
      return await loginWithDevice({
        ...login,
        onCode({ user_code, verification_uri, verification_uri_complete }) {
          const { output } = context;
          output.prompt(text`Open ${verification_uri} and enter this code:\n`);
          output.prompt(text`\n  ${bold(user_code)}\n\n`);
          if (verification_uri_complete != null) {
            output.prompt(text`Or open ${verification_uri_complete}\n`);
          }
          output.prompt(text`Waiting for your approval … (Ctrl-C gives up)\n`);
        },
      });
  }
}

/** Signs in, and says what it waits for, up to a question. */
async function whileSigningIn(
  context: Context,
  login: LoginOptions,
  signIn: (login: LoginOptions) => Promise<Session>,
): Promise<Session> {
  const { chooseTeam } = login;
  const progress = createProgress(context, "Signing in at the host");
  try {
    return await signIn({
      ...login,
      ...(chooseTeam === undefined ? {} : {
        chooseTeam(teams) {
          progress.end();
          return chooseTeam(teams);
        },
      }),
    });
  } finally {
    progress.end();
  }
}

/** Moves events that were queued before any sign-in to this session; after a failure the next upload moves them. */
async function moveQueuedEvents(context: Context, session: Session): Promise<void> {
  const { platform } = context;
  const { unscopedQueue } = userPaths(platform);
  if (await platform.files.stat(unscopedQueue) === null) return;
  try {
    const { EventQueue } = await import("../../../events/queue.ts");
    const { moveUnscopedEvents } = await import("../../../events/move_over.ts");
    const queue = await EventQueue.open(platform, (await queueScope(platform, session)).path);
    try {
      const moved = await moveUnscopedEvents(platform, unscopedQueue, queue);
      if (moved > 0) {
        const belong = moved === 1 ? "belongs" : "belong";
        context.output.notice(`  ${plural(moved, "queued event")} now ${belong} to this session.`);
      }
    } finally {
      queue.close();
    }
  } catch (error) {
    context.output.warning(
      `Warning: queued events stay where they are for now: ${errorText(error)}`,
    );
  }
}
