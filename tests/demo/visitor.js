/** Someone with a cookie jar, in front of the demo's worker. */
export class Visitor {
  cookie = null;

  /** @param {(url: string, init: object) => Promise<Response>} fetch @param {string} origin */
  constructor(fetch, origin = "http://localhost:8787") {
    this.fetch = fetch;
    this.origin = origin;
  }

  /** @returns {Promise<{ status: number, headers: Headers, text: string, body: any }>} */
  async ask(method, path, body, headers = {}) {
    const response = await this.fetch(this.origin + path, {
      method,
      headers: {
        ...(this.cookie && { Cookie: this.cookie }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: isRaw(body) ? body : JSON.stringify(body),
      duplex: "half",
      redirect: "manual",
    });
    const set = response.headers.get("set-cookie");
    if (set) this.cookie = set.split(";")[0];
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, body: json };
  }

  get(path, headers) {
    return this.ask("GET", path, undefined, headers);
  }

  post(path, body = {}, headers) {
    return this.ask("POST", path, body, headers);
  }
}

const isRaw = (body) => body === undefined || typeof body === "string" || body instanceof ReadableStream;
