import { sha256Hex } from "../../platform/random.ts";

/** Returns the UUID by which a new issue is named at its provider: the same at each attempt, and when it is pushed again. */
export async function clientIdOf(resourceId: string, name: string | number): Promise<string> {
  const hex = await sha256Hex(`${resourceId} ${name}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${
    hex.slice(20, 32)
  }`;
}

/** Returns the UUID by which a comment is named at its provider, at each attempt. */
export async function clientIdOfComment(commentId: string): Promise<string> {
  return await clientIdOf("comment", commentId);
}
