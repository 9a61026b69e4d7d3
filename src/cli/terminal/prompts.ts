import { interrupted, TrackerError } from "../../platform/tracker_error.ts";
import type { Context } from "../command/context.ts";
import { untilInterrupted } from "./interrupt.ts";

/** Wrong answers to a question before it is given up. */
const TRIES = 3;

/**
 * Asks for a number from 1 to `highest`; a wrong answer is asked again, three times in all.
 *
 * @throws {TrackerError} `no_answer` when there is no input, `invalid_answer` after three wrong ones.
 */
export async function askNumber(
  context: Context,
  question: string,
  highest: number,
  instead: string,
): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = await ask(context, `${question} (1-${highest}) `, instead);
    const chosen = /^\d{1,9}$/.test(answer) ? Number(answer) : 0;
    if (chosen >= 1 && chosen <= highest) return chosen;
    if (canPrompt(context)) context.output.say(`Please answer with a number from 1 to ${highest}.`);
  }
  throw new TrackerError({
    code: "invalid_answer",
    message: `No valid number in ${TRIES} answers.`,
    nextAction: instead,
  });
}

/**
 * Asks for yes or no; an empty answer is no. `--yes` answers for the user.
 *
 * @throws {TrackerError} `no_answer` when there is no input to be had.
 */
export async function confirm(
  context: Context,
  question: string,
  instead: string,
): Promise<boolean> {
  if (context.globals.yes) return true;
  const answer = await ask(context, `${question} [y/N] `, instead);
  return /^y(es)?$/i.test(answer);
}

/** Reads a secret: typed without being shown, or the first line of a pipe. */
export async function askSecret(
  context: Context,
  question: string,
  instead: string,
): Promise<string> {
  if (!context.platform.terminal.stdin.isTerminal || !isAnswered(context)) {
    throw noAnswer(question, instead);
  }
  context.output.prompt(question);
  const { stdin } = context.platform.terminal;
  const answer = await untilAnswered(context, (signal) => stdin.readSecret(signal))
    .finally(() => context.output.prompt("\n"));
  if (answer === null || answer === "") throw noAnswer(question, instead);
  return answer;
}

async function ask(context: Context, question: string, instead: string): Promise<string> {
  if (!isAnswered(context)) throw noAnswer(question, instead);
  const { stdin } = context.platform.terminal;
  const said = canPrompt(context);
  if (said) context.output.prompt(question);
  const answer = await untilAnswered(context, () => stdin.readLine()).catch((error) => {
    if (said) context.output.prompt("\n");
    throw error;
  });
  if (said && !stdin.isTerminal) context.output.prompt("\n");
  if (answer === null) throw noAnswer(question, instead);
  return answer.trim();
}

/**
 * Reads an answer; Ctrl-C ends the question at once, also where the command itself would finish something first.
 *
 * @throws {TrackerError} `interrupted`.
 */
async function untilAnswered<T>(
  context: Context,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  return await untilInterrupted(context, (signal) => {
    signal.addEventListener("abort", () => stopped.reject(interrupted(signal.reason)));
    return Promise.race([read(signal), stopped.promise]);
  });
}

/**
 * Whether somebody reads what is asked. Where a program reads JSON and pipes the answers, words would stand
 * before the one document it expects on standard error when the command fails.
 */
export function canPrompt({ globals, platform }: Context): boolean {
  const { stdin, stderr } = platform.terminal;
  return !globals.json || !globals.noInput && stdin.isTerminal && stderr.isTerminal;
}

/** Whether an answer is to be had: not where a person at the keyboard would wait for a question they cannot see. */
function isAnswered(context: Context): boolean {
  if (context.globals.noInput) return false;
  return canPrompt(context) || !context.platform.terminal.stdin.isTerminal;
}

function noAnswer(question: string, instead: string): TrackerError {
  return new TrackerError({
    code: "no_answer",
    message: "There is a question, but no input to answer it.",
    nextAction: instead,
    details: { question: question.trim() },
  });
}
