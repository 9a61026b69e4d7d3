// A tracker host on Node's `http`: answers what the script in argv[2] says, and prints its URL.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const answers = JSON.parse(readFileSync(process.argv[2], "utf8"));
const seen = [];

/** The answer to a request; answers are used up in turn, and the last one stays. */
function answerTo(method, target, headers, body) {
  if (method === "GET" && target === "/seen") return { status: 200, json: seen };
  seen.push({ method, target, headers, body });
  const waiting = answers[`${method} ${target}`];
  if (waiting === undefined) {
    return { status: 404, text: `Cannot ${method} ${target}`, type: "text/plain" };
  }
  return waiting.length > 1 ? waiting.shift() : waiting[0];
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const answer = answerTo(request.method, request.url, request.headers, body);
  response.writeHead(answer.status, {
    "content-type": answer.type ?? "application/json",
    ...answer.headers,
  });
  const text = answer.text ?? JSON.stringify(answer.json ?? null);
  const middle = Math.floor(text.length / 2);
  // Without a length, Node sends the body in chunks.
  response.write(text.slice(0, middle));
  response.end(text.slice(middle));
});

server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
