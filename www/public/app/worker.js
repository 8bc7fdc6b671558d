/** Requests to the worker behind this page. */

/** Asks, and gives { status, body }. Throws only where no answer came. */
export async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
  } catch {
    return unreachable();
  }
  return { status: response.status, ...(await response.json()) };
}

/** The same for an answer of one JSON object a line; `onLine` is told of each as it comes. */
export async function askLines(path, body, onLine) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return unreachable();
  }
  if (!response.headers.get("content-type")?.includes("ndjson")) {
    return { status: response.status, ...(await response.json()) };
  }
  let rest = "";
  let last;
  for await (const text of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) onLine((last = JSON.parse(line)));
  }
  return { status: response.status, ...last?.outcome };
}

async function* chunks(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function unreachable() {
  return {
    status: 0,
    error: { code: "unreachable", message: "The worker does not answer. Is it still running?" },
  };
}
