import { interrupted, TrackerError } from "../../platform/tracker_error.ts";
import type { Deps } from "../command/context.ts";
import { untilInterrupted } from "./interrupt.ts";

/** Wrong answers to a question before it is given up. */
const TRIES = 3;

/**
 * Asks for a number from 1 to `highest`; a wrong answer is asked again, three times in all.
 *
 * @throws {TrackerError} `no_answer` when there is no input, `invalid_answer` after three wrong ones.
 */
export async function askNumber(
  deps: Deps,
  question: string,
  highest: number,
  instead: string,
): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = await ask(deps, `${question} (1-${highest}) `, instead);
    const chosen = /^\d{1,9}$/.test(answer) ? Number(answer) : 0;
    if (chosen >= 1 && chosen <= highest) return chosen;
    if (isHeard(deps)) deps.output.say(`Please answer with a number from 1 to ${highest}.`);
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
export async function confirm(deps: Deps, question: string, instead: string): Promise<boolean> {
  if (deps.globals.yes) return true;
  const answer = await ask(deps, `${question} [y/N] `, instead);
  return /^y(es)?$/i.test(answer);
}

/** Reads a secret: typed without being shown, or the first line of a pipe. */
export async function askSecret(deps: Deps, question: string, instead: string): Promise<string> {
  if (!deps.platform.terminal.stdin.isTerminal || !isAnswered(deps)) {
    throw noAnswer(question, instead);
  }
  deps.output.prompt(question);
  const { stdin } = deps.platform.terminal;
  const answer = await untilAnswered(deps, (signal) => stdin.readSecret(signal))
    .finally(() => deps.output.prompt("\n"));
  if (answer === null || answer === "") throw noAnswer(question, instead);
  return answer;
}

async function ask(deps: Deps, question: string, instead: string): Promise<string> {
  if (!isAnswered(deps)) throw noAnswer(question, instead);
  const { stdin } = deps.platform.terminal;
  const said = isHeard(deps);
  if (said) deps.output.prompt(question);
  const answer = await untilAnswered(deps, () => stdin.readLine()).catch((error) => {
    if (said) deps.output.prompt("\n");
    throw error;
  });
  if (said && !stdin.isTerminal) deps.output.prompt("\n");
  if (answer === null) throw noAnswer(question, instead);
  return answer.trim();
}

/**
 * Reads an answer; Ctrl-C ends the question at once, also where the command itself would finish something first.
 *
 * @throws {TrackerError} `interrupted`.
 */
async function untilAnswered<T>(
  deps: Deps,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  return await untilInterrupted(deps, (signal) => {
    signal.addEventListener("abort", () => stopped.reject(interrupted(signal.reason)));
    return Promise.race([read(signal), stopped.promise]);
  });
}

/**
 * Whether somebody reads what is asked. Where a program reads JSON and pipes the answers, words would stand
 * before the one document it expects on standard error when the command fails.
 */
export function isHeard({ globals, platform }: Deps): boolean {
  const { stdin, stderr } = platform.terminal;
  return !globals.json || !globals.noInput && stdin.isTerminal && stderr.isTerminal;
}

/** Whether an answer is to be had: not where a person at the keyboard would wait for a question they cannot see. */
function isAnswered(deps: Deps): boolean {
  if (deps.globals.noInput) return false;
  return isHeard(deps) || !deps.platform.terminal.stdin.isTerminal;
}

function noAnswer(question: string, instead: string): TrackerError {
  return new TrackerError({
    code: "no_answer",
    message: "There is a question, but no input to answer it.",
    nextAction: instead,
    details: { question: question.trim() },
  });
}
