import { systemPlatform } from "../../src/platform/system.ts";
import type { World } from "../support/world.ts";

/** When a command is killed. */
export interface KillMoment {
  /** Part of the path of the request that is waited for; `null` for any instant from the start on. */
  readonly path: string | null;
  /** Within so many milliseconds from that moment. */
  readonly withinMs: number;
}

/** Starts a command as a process and kills it; answers when it has ended, by itself or not. */
export async function killNear(
  world: World,
  args: readonly string[],
  { path, withinMs }: KillMoment,
): Promise<void> {
  const { clock, random } = systemPlatform();
  await world.forgetRequests();
  const child = world.start(args);
  await child.stdin.close();
  const ended = Promise.all([child.status, drained(child.stdout), drained(child.stderr)]);
  let isOver = false;
  void ended.then(() => isOver = true);
  const arrived = async () => (await world.requests()).some((line) => line.includes(path ?? ""));
  while (path !== null && !isOver && !await arrived()) await clock.sleep(2);
  await clock.sleep(random.fraction() * withinMs);
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // One that has done its work is beyond killing.
    if (!(error instanceof TypeError)) throw error;
  }
  await ended;
}

async function drained(stream: ReadableStream<Uint8Array>): Promise<void> {
  await stream.pipeTo(new WritableStream());
}
