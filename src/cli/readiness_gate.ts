import type { Invocation } from "./command.ts";
import type { Deps } from "./deps.ts";
export async function prepare(_i: Invocation, _d: Deps): Promise<void> {}
