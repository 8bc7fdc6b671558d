// A server on loopback that answers with bytes, right or wrong, so that sockets misbehave as they do in the wild.

import { once } from "node:events";
import { createServer } from "node:net";

/** Serves until the test ends. `answer(socket, request)` is called for each complete request. */
export async function serve(t, answer) {
  const requests = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const [head, body = ""] = text.split("\r\n\r\n");
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (!text.includes("\r\n\r\n") || body.length < length) return;
      const request = { head, body: body.slice(0, length), path: head.split(" ")[1] };
      text = body.slice(length);
      requests.push(request);
      answer(socket, request);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t?.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}`, requests, sockets };
}

/** An HTTP answer as bytes. `body` is text or a Buffer. */
export function http(status, headers = {}, body = "") {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ "content-length": bytes.length, connection: "close", ...headers });
  const head = `HTTP/1.1 ${status} Test\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

export const json = (status, value, headers) =>
  http(status, { "content-type": "application/json", ...headers }, JSON.stringify(value));
