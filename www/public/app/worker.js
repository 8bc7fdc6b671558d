/** Requests to the worker behind this page. */

/**
 * Sends a request and gives the JSON response with its status. It never throws: a response that is missing or is
 * not the worker's is an error like any other.
 * @returns {Promise<{ status: number, error?: { code: string, message: string }, [field: string]: any }>}
 */
export async function ask(method, path, body, signal) {
  const response = await send(method, path, body, signal);
  return response ? read(response) : unreachable();
}

/** The same for a response with one JSON object per line. `onLine` gets each as it arrives; the last has the outcome. */
export async function askLines(path, body, onLine) {
  const response = await send("POST", path, body);
  if (!response) return unreachable();
  if (!response.headers.get("content-type")?.startsWith("application/x-ndjson")) return read(response);
  let last;
  try {
    for await (const line of lines(response.body)) onLine((last = JSON.parse(line)));
  } catch {
    last = undefined;
  }
  return { status: response.status, ...(last?.outcome ?? { error: INTERRUPTED }) };
}

async function send(method, path, body, signal) {
  try {
    return await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal,
    });
  } catch {
    return undefined;
  }
}

async function read(response) {
  const { status } = response;
  let body;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  const isOurs = body !== null && typeof body === "object" && (response.ok || body.error);
  return isOurs ? { status, ...body } : { status, error: unexpected(status) };
}

async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const complete = (rest + value).split("\n");
    rest = complete.pop();
    yield* complete;
  }
}

const INTERRUPTED = {
  code: "interrupted",
  message: "The connection to the worker was lost during the response.",
};

function unreachable() {
  const message = navigator.onLine
    ? "The worker did not respond. Is it still running?"
    : "You are offline. Try again once the connection is back.";
  return { status: 0, error: { code: "unreachable", message } };
}

function unexpected(status) {
  return {
    code: "unexpected_response",
    message: `Something other than the worker responded, with status ${status} and without JSON. Try again in a moment.`,
  };
}
