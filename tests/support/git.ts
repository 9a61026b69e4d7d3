/** Returns what runs git in a directory, with a home of its own and no settings of the machine. */
export function gitIn(home: string): (cwd: string, ...args: readonly string[]) => Promise<string> {
  return async (cwd, ...args) => {
    const { code, stdout, stderr } = await new Deno.Command("git", {
      args: [...args],
      cwd,
      clearEnv: true,
      env: {
        HOME: home,
        PATH: Deno.env.get("PATH") ?? "",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Test",
        GIT_AUTHOR_EMAIL: "test@example.com",
        GIT_COMMITTER_NAME: "Test",
        GIT_COMMITTER_EMAIL: "test@example.com",
      },
    }).output();
    if (code === 0) return new TextDecoder().decode(stdout);
    throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  };
}
