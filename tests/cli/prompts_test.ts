import assert from "node:assert/strict";
import type { Context } from "../../src/cli/command/context.ts";
import { untilInterrupted } from "../../src/cli/terminal/interrupt.ts";
import { askNumber, askSecret, confirm } from "../../src/cli/terminal/prompts.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const INSTEAD = "Choose with `--select N`.";

/** The code a question fails with. */
async function failing(asking: Promise<unknown>): Promise<string> {
  try {
    await asking;
  } catch (error) {
    assert.ok(error instanceof TrackerError);
    assert.equal(error.nextAction, INSTEAD);
    assert.equal(error.exitCode, 1);
    return error.code;
  }
  return "answered";
}

Deno.test("a number is asked for again until it is right, three times in all", async () => {
  await withPlatform({ stdin: " 0\n4\n 2 \n" }, async (platform) => {
    assert.equal(
      await askNumber(testContext(platform), {
        question: "Which one?",
        highest: 3,
        instead: INSTEAD,
      }),
      2,
    );
    assert.equal(platform.stdout(), "");
    assert.equal(platform.stderr().split("Which one? (1-3) ").length - 1, 3);
    assert.match(platform.stderr(), /Please answer with a number from 1 to 3\./);
  });
  for (const stdin of ["x\n\n99999999999\n1\n", "-1\n1.5\n1e0\n1\n", "１\n٣\n 1 1\n1\n"]) {
    await withPlatform({ stdin }, async (platform) => {
      assert.equal(
        await failing(
          askNumber(testContext(platform), {
            question: "Which one?",
            highest: 3,
            instead: INSTEAD,
          }),
        ),
        "invalid_answer",
      );
    });
  }
});

Deno.test("without an answer to be had a question fails with what to use instead", async () => {
  await withPlatform({ stdin: "x\n" }, async (platform) => {
    assert.equal(
      await failing(
        askNumber(testContext(platform), { question: "?", highest: 3, instead: INSTEAD }),
      ),
      "no_answer",
    );
  });
  await withPlatform({ stdin: "1\n", terminal: true }, async (platform) => {
    const context = testContext(platform, { noInput: true });
    assert.equal(
      await failing(askNumber(context, { question: "Which one?", highest: 3, instead: INSTEAD })),
      "no_answer",
    );
    assert.equal(
      await failing(confirm(context, { question: "Sure?", instead: INSTEAD })),
      "no_answer",
    );
    assert.equal(
      await failing(askSecret(context, { question: "Password: ", instead: INSTEAD })),
      "no_answer",
    );
    assert.equal(platform.stderr(), "", "nothing is asked");
  });
});

Deno.test("yes is y or yes in any case; everything else is no", async () => {
  const answers: Record<string, boolean> = {
    "y": true,
    "Y": true,
    "yes": true,
    " YES ": true,
    "": false,
    "n": false,
    "yess": false,
    "ja": false,
  };
  for (const [answer, expected] of Object.entries(answers)) {
    await withPlatform({ stdin: `${answer}\n`, terminal: true }, async (platform) => {
      assert.equal(
        await confirm(testContext(platform), { question: "Sure?", instead: INSTEAD }),
        expected,
        answer,
      );
      assert.equal(platform.stderr(), "Sure? [y/N] ");
    });
  }
});

Deno.test("--yes answers without asking, even under --no-input", () =>
  withPlatform({}, async (platform) => {
    const context = testContext(platform, { yes: true, noInput: true });
    assert.equal(await confirm(context, { question: "Sure?", instead: INSTEAD }), true);
    assert.equal(platform.stderr(), "");
  }));

Deno.test("a piped answer leaves its question on a line of its own", () =>
  withPlatform({ stdin: "y\n" }, async (platform) => {
    assert.equal(
      await confirm(testContext(platform), { question: "Sure?", instead: INSTEAD }),
      true,
    );
    assert.equal(platform.stderr(), "Sure? [y/N] \n");
  }));

Deno.test("a secret is read from a terminal only, and an empty one is none", async () => {
  await withPlatform({ stdin: "hush\n", terminal: true }, async (platform) => {
    assert.equal(
      await askSecret(testContext(platform), { question: "Password: ", instead: INSTEAD }),
      "hush",
    );
    assert.equal(platform.stderr(), "Password: \n");
  });
  await withPlatform({ stdin: "\n", terminal: true }, async (platform) => {
    assert.equal(
      await failing(askSecret(testContext(platform), { question: "Password: ", instead: INSTEAD })),
      "no_answer",
    );
  });
  await withPlatform({ stdin: "hush\n" }, async (platform) => {
    assert.equal(
      await failing(askSecret(testContext(platform), { question: "Password: ", instead: INSTEAD })),
      "no_answer",
    );
  });
});

Deno.test("a question that a program would read is not asked of the person at the keyboard", async () => {
  await withPlatform({ stdin: "1\n", terminal: true }, async (platform) => {
    const { terminal } = platform;
    const stderr = { ...terminal.stderr, isTerminal: false };
    const caught = { ...platform, terminal: { ...terminal, stderr } };
    const context = testContext(caught, { json: true });
    assert.equal(
      await failing(askNumber(context, { question: "Which one?", highest: 3, instead: INSTEAD })),
      "no_answer",
    );
    assert.equal(
      await failing(askSecret(context, { question: "Password: ", instead: INSTEAD })),
      "no_answer",
    );
    assert.equal(platform.stderr(), "");
    assert.equal(
      await askNumber(testContext(platform, { json: true }), {
        question: "Which one?",
        highest: 3,
        instead: INSTEAD,
      }),
      1,
    );
  });
});

Deno.test("Ctrl-C ends a question at once, whatever the command would finish first", async () => {
  const questions: readonly ((context: Context) => Promise<unknown>)[] = [
    (context) => askNumber(context, { question: "Which one?", highest: 3, instead: INSTEAD }),
    (context) => askSecret(context, { question: "Password: ", instead: INSTEAD }),
  ];
  for (const ask of questions) {
    await withPlatform({ terminal: true }, async (platform) => {
      const { terminal } = platform;
      const never = () => new Promise<null>(() => {});
      const stdin = { ...terminal.stdin, readLine: never, readSecret: never };
      const context = testContext({ ...platform, terminal: { ...terminal, stdin } });
      const failed = assert.rejects(untilInterrupted(context, () => ask(context)), {
        code: "interrupted",
        exitCode: 130,
      });
      await Promise.resolve();
      platform.raise("SIGINT");
      await failed;
    });
  }
});
