// The same with the two protections that production code needs: a time limit that covers the body, and no
// redirects, which would hand the secret to another host. Shows how much of a client's cost is theirs.

const TIMEOUT_MS = 30_000;

export function create(baseUrl) {
  return async function authGet(accessToken, signal) {
    const controller = new AbortController();
    const stop = () => controller.abort(signal.reason);
    const timer = setTimeout(() => controller.abort(new Error("timeout")), TIMEOUT_MS);
    signal?.addEventListener("abort", stop);
    try {
      const response = await fetch(`${baseUrl}/auth/get`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "plaid-version": "2020-09-14",
          "plaid-client-id": "5f1b0c0a9d3e4b0012345678",
          "plaid-secret": "a0123456789abcdef0123456789abc",
        },
        body: JSON.stringify({ access_token: accessToken }),
        redirect: "manual",
        signal: controller.signal,
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(`Plaid answered ${response.status} ${answer.error_code}`);
      return answer;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  };
}
