import type { Platform } from "../../platform/platform.ts";
import { type ErrorDetails, interrupted, TrackerError } from "../../platform/tracker_error.ts";
import { untilInterrupted } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { type Fragment, text } from "./text.ts";

/** What asking takes. */
export interface PromptContext {
  readonly platform: Pick<Platform, "signals" | "terminal">;
  readonly globals: {
    readonly json: boolean;
    /** Never ask. */
    readonly noInput: boolean;
    /** Take every question as answered with yes. */
    readonly yes: boolean;
  };
  readonly output: Pick<Output, "prompt">;
}

/** What is asked. */
export interface Question {
  readonly question: string;
  /** Lines before the question. */
  readonly intro?: readonly Fragment[];
  /** The next action of the failure where there is no answer. */
  readonly instead: string;
  /** The failure for a program that was not shown the question, and under `--no-input`; `no_answer` unless given. */
  readonly unanswered?: () => TrackerError;
}

/** Wrong answers to a question before it is given up. */
const TRIES = 3;

/**
 * Asks for a number from 1 to `highest`; asks again after a wrong answer, three times in all.
 *
 * @throws {TrackerError} `no_answer` when there is no input, `invalid_answer` after three wrong ones.
 */
export async function askNumber(
  context: PromptContext,
  { highest, ...asked }: Question & { readonly highest: number },
): Promise<number> {
  introduce(context, asked.intro ?? []);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = await ask(context, asked, `${asked.question} (1-${highest}) `);
    const chosen = /^\d{1,9}$/.test(answer) ? Number(answer) : 0;
    if (chosen >= 1 && chosen <= highest) return chosen;
    introduce(context, [`Please answer with a number from 1 to ${highest}.`]);
  }
  throw new TrackerError({
    code: "invalid_answer",
    message: `No valid number in ${TRIES} answers`,
    nextAction: asked.instead,
  });
}

/**
 * Asks for yes or no; an empty answer is no. `--yes` answers for the user.
 *
 * @throws {TrackerError} `no_answer` when there is no input.
 */
export async function confirm(context: PromptContext, asked: Question): Promise<boolean> {
  introduce(context, asked.intro ?? []);
  if (context.globals.yes) return true;
  const answer = await ask(context, asked, `${asked.question} [y/N] `);
  return /^y(es)?$/i.test(answer);
}

/** Reads a secret that is typed without being shown; fails where there is no terminal. */
export async function askSecret(
  context: PromptContext,
  { question, instead }: Pick<Question, "question" | "instead">,
): Promise<string> {
  const { stdin } = context.platform.terminal;
  if (!stdin.isTerminal || !canAnswer(context)) throw noInput(question, instead);
  context.output.prompt(question);
  const answer = await untilAnswered(context, (signal) => stdin.readSecret(signal))
    .finally(() => context.output.prompt(LINE_END));
  if (answer === null || answer === "") throw noInput(question, instead);
  return answer;
}

const LINE_END = text`\n`;

function introduce(context: PromptContext, lines: readonly Fragment[]): void {
  if (!canPrompt(context)) return;
  for (const line of lines) context.output.prompt(text`${line}\n`);
}

async function ask(
  context: PromptContext,
  { instead, unanswered }: Question,
  words: string,
): Promise<string> {
  const { globals, output, platform: { terminal: { stdin } } } = context;
  const isShown = canPrompt(context);
  const failure = unanswered !== undefined && (globals.noInput || !isShown)
    ? unanswered
    : () => noInput(words, instead);
  if (!canAnswer(context)) throw failure();
  if (isShown) output.prompt(words);
  const answer = await untilAnswered(context, () => stdin.readLine()).catch((error) => {
    if (isShown) output.prompt(LINE_END);
    throw error;
  });
  if (isShown && !stdin.isTerminal) output.prompt(LINE_END);
  if (answer === null) throw failure();
  return answer.trim();
}

/**
 * Reads an answer; Ctrl-C ends the question at once, also where the command itself would finish something first.
 *
 * @throws {TrackerError} `interrupted`.
 */
async function untilAnswered<T>(
  context: PromptContext,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  return await untilInterrupted(context, (signal) => {
    signal.addEventListener("abort", () => stopped.reject(interrupted(signal.reason)));
    return Promise.race([read(signal), stopped.promise]);
  });
}

/**
 * Tells whether what is asked is shown. Where a program reads JSON and pipes the answers, words would stand before
 * the one document it expects on standard error when the command fails.
 */
export function canPrompt({ globals, platform }: PromptContext): boolean {
  const { stdin, stderr } = platform.terminal;
  return !globals.json || !globals.noInput && stdin.isTerminal && stderr.isTerminal;
}

/** Tells whether an answer can be read: not where a person would wait for a question they cannot see. */
function canAnswer(context: PromptContext): boolean {
  if (context.globals.noInput) return false;
  return canPrompt(context) || !context.platform.terminal.stdin.isTerminal;
}

/** Returns the failure of a question that cannot be answered; `instead` is the option that answers it. */
export function noAnswer(message: string, instead: string, details: ErrorDetails): TrackerError {
  return new TrackerError({ code: "no_answer", message, nextAction: instead, details });
}

function noInput(question: string, instead: string): TrackerError {
  return noAnswer("There is a question, but no input to answer it", instead, {
    question: question.trim(),
  });
}
